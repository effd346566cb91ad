// The list of the alert node's rules: one sentence a line, its fields opened in place.
(function () {
  if (RED.brokerage?.alertRules) return;

  const MARKS = { info: 'fa-info-circle', warning: 'fa-exclamation-triangle', critical: 'fa-bell' };
  let made = 0;

  /**
   * @param list an `ol` that becomes the list
   * @param onSendTest called with the id of a rule, and where the outcome is said
   * @param said where a rule that was removed can be called back
   * @param words the catalogue of the dialog
   * @returns add(rules), rules(), show(rule), tell(rules, answers), count(), setMetrics(metrics): what can be watched;
   * before that the fields of a rule cannot be opened
   */
  function alertRules({ list, onChange, onSendTest, said, words }) {
    const model = RED.brokerage.alertRule;
    /** rule → its row */
    const rows = new Map();
    let metrics = null;

    list.editableList({
      addButton: false,
      height: 'auto',
      removable: false,
      sortable: true,
      scrollOnAdd: false,
      addItem: (container, index, { rule, sentence }) => rows.set(rule, row(container, rule, sentence)),
      sortItems: onChange,
    });

    function row(container, rule, ready) {
      const id = 'alert-row-' + ++made;
      let sentence = ready || '';
      let problems = [];
      let form = null;

      const enabled = $('<input type="checkbox" class="alert-enabled" />').prop('checked', isEnabled(rule));
      const mark = $('<span class="alert-mark"></span>');
      const text = $('<span class="alert-text"></span>').attr('id', id + '-text');
      const trouble = $('<span class="alert-reason"></span>');
      const pencil = button('fa-pencil').attr({ 'aria-expanded': 'false', 'aria-controls': id + '-form' });
      const bin = button('fa-trash-o');
      const place = $('<div></div>')
        .attr({ id: id + '-form', role: 'group', 'aria-labelledby': id + '-text' })
        .hide();
      container
        .addClass('alert-rule')
        .append(
          $('<div class="alert-line"></div>').append(
            enabled,
            mark,
            $('<div class="alert-said"></div>').append(text, trouble),
            $('<div class="alert-buttons"></div>').append(pencil, bin),
          ),
          place,
        );
      enabled.on('change', () => {
        rule.enabled = enabled.prop('checked');
        draw();
        onChange();
      });
      pencil.on('click', () => toggle());
      bin.on('click', () => remove(rule, sentenceOf()));

      function sentenceOf() {
        if (sentence) return sentence;
        const metric = (metrics || []).find(({ name }) => name === rule.metric);
        return rule.name || [metric?.label || rule.metric || words('newRule'), rule.operator].join(' ');
      }

      function draw() {
        const severity = model.SEVERITIES.includes(rule.severity) ? rule.severity : 'warning';
        mark.attr('class', 'alert-mark alert-mark-' + severity).empty();
        mark.append(
          $('<i class="fa" aria-hidden="true"></i>').addClass(MARKS[severity]),
          $('<span></span>').text(words('severity.' + severity)),
        );
        text.empty();
        if (rule.name && rule.name !== sentenceOf()) text.append($('<b></b>').text(rule.name), ' ');
        text.append($('<span></span>').text(sentenceOf()));
        const reason = reasonOf(rule, problems);
        trouble.text(reason === '' ? '' : words('notUsed', { reason }));
        container
          .toggleClass('alert-off', !enabled.prop('checked'))
          .toggleClass('alert-wrong', reason !== '');
        enabled.attr('aria-label', words('enabledOf', { rule: sentenceOf() }));
        describe(
          pencil,
          words(form ? 'closeOf' : 'editOf', { rule: sentenceOf() }),
          words(form ? 'close' : 'edit'),
        );
        describe(bin, words('removeOf', { rule: sentenceOf() }), words('remove'));
        pencil.prop('disabled', metrics === null && form === null);
      }

      function toggle() {
        form = form ? null : fields();
        pencil.attr('aria-expanded', String(form !== null));
        pencil.find('i').toggleClass('fa-pencil', !form).toggleClass('fa-chevron-up', Boolean(form));
        place.empty().toggle(Boolean(form));
        if (form) {
          place.append(form.element, ...foot());
          form.focus();
        }
        draw();
      }

      function fields() {
        const changed = () => {
          sentence = '';
          problems = [];
          draw();
          onChange();
        };
        return RED.brokerage.alertRuleForm({ metrics, onChange: changed, rule, words });
      }

      function foot() {
        const bar = $('<div class="alert-bar"></div>');
        const sent = $('<div class="alert-notice" role="status" aria-live="polite"></div>');
        const add = (icon, key, act) => bar.append(button(icon, words(key)).on('click', act));
        add('fa-arrow-up', 'moveUp', (event) => move(rule, -1, event.currentTarget));
        add('fa-arrow-down', 'moveDown', (event) => move(rule, 1, event.currentTarget));
        add('fa-clone', 'duplicate', () => duplicate(rule));
        add('fa-paper-plane-o', 'sendThis', () => onSendTest(rule.id, sent));
        return [bar, sent];
      }

      draw();
      return {
        draw,
        element: container,
        isOpen: () => form !== null,
        focus: () => pencil.trigger('focus'),
        tell: (answer) => {
          sentence = answer.sentence || sentence;
          problems = answer.problems || [];
          draw();
        },
        toggle,
      };
    }

    /** The reason why a rule is not used: what its own fields say, else what the runtime does. */
    function reasonOf(rule, problems) {
      const [found] = Object.entries(model.problemsOf(rule));
      if (found)
        return words('field.' + found[0], { defaultValue: found[0] }) + ': ' + words('invalid.' + found[1]);
      return model.hasPlaceholder(rule) ? '' : problems.join(' ');
    }

    function isEnabled({ enabled }) {
      return enabled === undefined || enabled === null || String(enabled) !== 'false';
    }

    function remove(rule, sentence) {
      const index = rules().indexOf(rule);
      list.editableList('removeItem', dataOf(rule));
      rows.delete(rule);
      onChange();
      const undo = button('fa-undo', words('undo')).on('click', () => {
        list.editableList('insertItemAt', { rule, sentence }, index);
        said.empty();
        onChange();
        rows.get(rule).focus();
      });
      said.empty().append($('<span></span>').text(words('removed', { rule: sentence })), undo);
      undo.trigger('focus');
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

    function dataOf(rule) {
      return items().find((data) => data.rule === rule);
    }

    function items() {
      return list
        .editableList('items')
        .toArray()
        .map((item) => $(item).data('data'));
    }

    function rules() {
      return items().map(({ rule }) => rule);
    }

    /** Opens the fields of a rule, and brings them into sight. */
    function show(rule) {
      const row = rows.get(rule);
      if (metrics !== null && !row.isOpen()) row.toggle();
      row.element[0].scrollIntoView({ block: 'nearest' });
    }

    return {
      /** @param added `{rule, sentence}` of each; the sentence is shown until the runtime has made its own */
      add: (added) => list.editableList('addItems', added),
      rules,
      /** What the runtime says of these rules: `{sentence, problems}` of each. */
      tell: (judged, answers) => {
        for (const [index, rule] of judged.entries()) rows.get(rule)?.tell(answers[index] || {});
      },
      setMetrics: (known) => {
        metrics = known;
        for (const row of rows.values()) row.draw();
      },
      show,
      /** How many rules there are, how many of them watch, and how many are not used for a mistake. */
      count: () => {
        const all = rules();
        const wrong = all.filter((rule) => Object.keys(model.problemsOf(rule)).length > 0).length;
        return { all: all.length, on: all.filter(isEnabled).length, wrong };
      },
    };
  }

  function button(icon, text) {
    const element = $('<button type="button" class="red-ui-button red-ui-button-small"></button>').append(
      $('<i class="fa" aria-hidden="true"></i>').addClass(icon),
    );
    return text === undefined ? element : element.append($('<span></span>').text(' ' + text));
  }

  function describe(element, label, title) {
    element.attr({ 'aria-label': label, title });
  }

  RED.brokerage = { ...RED.brokerage, alertRules };
})();
