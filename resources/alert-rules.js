// The list of the alert node's rules, in their order.
(function () {
  if (RED.brokerage?.alertRules) return;

  /**
   * @param list an `ol` that becomes the list
   * @param onSendTest called with the id of a rule, and where the outcome is said
   * @param said where a rule that was removed can be called back
   * @param words the catalogue of the dialog
   * @returns add(rules), rules(), show(rule), tell(rules, answers), forget(), count(), setMetrics(metrics): what can be
   * watched; before that the fields of a rule cannot be opened
   */
  function alertRules({ list, onChange, onSendTest, said, words }) {
    const model = RED.brokerage.alertRule;
    /** rule → its row */
    const rows = new Map();
    let metrics = null;

    list.editableList({
      addButton: false,
      height: 'auto',
      // The editor's own button keeps a removed item for as long as it fades.
      removable: false,
      sortable: true,
      scrollOnAdd: false,
      addItem: (container, index, { rule, sentence }) => {
        const on = {
          change: onChange,
          duplicate: () => duplicate(rule),
          move: (by, pressed) => move(rule, by, pressed),
          remove: (text) => remove(rule, text),
          sendTest: (place) => onSendTest(rule.id, place),
        };
        const row = { container, metrics: () => metrics, on, rule, sentence, words };
        rows.set(rule, RED.brokerage.alertRuleRow(row));
      },
      sortItems: onChange,
    });

    function items() {
      const shown = list.editableList('items').toArray();
      return shown.map((item) => $(item).data('data'));
    }

    function rules() {
      return items().map(({ rule }) => rule);
    }

    function remove(rule, sentence) {
      const index = rules().indexOf(rule);
      list.editableList('removeItem', items()[index]);
      rows.delete(rule);
      onChange();
      const undo = RED.brokerage.alertButton('fa-undo', words('undo')).on('click', () => {
        list.editableList('insertItemAt', { rule, sentence }, index);
        said.empty();
        onChange();
        rows.get(rule).focus();
      });
      said.empty().append($('<span></span>').text(words('removed', { rule: sentence })), undo);
      undo[0].focus({ preventScroll: true });
    }

    function move(rule, by, pressed) {
      const item = rows.get(rule).element.closest('li');
      const other = by < 0 ? item.prev('li') : item.next('li');
      if (other.length === 0) return;
      if (by < 0) item.insertBefore(other);
      else item.insertAfter(other);
      pressed.focus();
      onChange();
    }

    function duplicate(rule) {
      const copy = { ...structuredClone(rule), id: RED.nodes.id() };
      list.editableList('insertItemAt', { rule: copy }, rules().indexOf(rule) + 1);
      onChange();
      show(copy);
    }

    /** Opens the fields of a rule, and brings them into sight. */
    function show(rule) {
      const row = rows.get(rule);
      row.open();
      row.element[0].scrollIntoView({ block: 'nearest' });
    }

    return {
      /** @param added `{rule, sentence}` of each; the sentence is shown until the runtime has made its own */
      add: (added) => list.editableList('addItems', added),
      rules,
      show,
      /** What the runtime says of these rules: `{sentence, problems}` of each. */
      tell: (judged, answers) => {
        for (const [index, rule] of judged.entries()) rows.get(rule)?.tell(answers[index] || {});
      },
      forget: () => {
        for (const row of rows.values()) row.forget();
      },
      setMetrics: (known) => {
        metrics = known;
        for (const row of rows.values()) row.draw();
      },
      /** How many rules there are, how many of them watch, and how many are not used for a mistake. */
      count: () => {
        const all = rules();
        const wrong = all.filter((rule) => Object.keys(model.problemsOf(rule)).length > 0).length;
        return { all: all.length, on: all.filter(model.isEnabled).length, wrong };
      },
    };
  }

  RED.brokerage = { ...RED.brokerage, alertRules };
})();
