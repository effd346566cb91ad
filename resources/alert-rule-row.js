// One rule in the list of the alert node: a tick, its severity, its sentence, and its fields when they are opened.
(function () {
  if (RED.brokerage?.alertRuleRow) return;

  const LONGEST_NAME = 120;
  const MARKS = { info: 'fa-info-circle', warning: 'fa-exclamation-triangle', critical: 'fa-bell' };
  let made = 0;

  /**
   * @param container the element that becomes the row
   * @param metrics gives what can be watched; null while that is not known, and the fields cannot be opened
   * @param on listeners: `change()`, `remove(sentence)`, `move(by, button)`, `duplicate()`, `sendTest(element)`
   * @param sentence what is shown until the runtime has made its own
   * @param words the catalogue of the dialog
   * @returns draw(), element, focus(), open(), tell(answer), forget()
   */
  function alertRuleRow({ container, metrics, on, rule, sentence: first, words }) {
    const model = RED.brokerage.alertRule;
    const button = RED.brokerage.alertButton;
    const id = 'alert-row-' + ++made;
    let sentence = first || '';
    let problems = [];
    let isOld = false;
    let form = null;

    const enabled = $('<input type="checkbox" class="alert-enabled" />').prop(
      'checked',
      model.isEnabled(rule),
    );
    const mark = $('<span class="alert-mark"></span>');
    const text = $('<span class="alert-text"></span>').attr('id', id + '-text');
    const trouble = $('<span class="alert-reason"></span>');
    const pencil = button('fa-pencil').attr('aria-controls', id + '-form');
    const bin = button('fa-trash-o');
    const place = $('<div role="group"></div>')
      .attr({ id: id + '-form', 'aria-labelledby': id + '-text' })
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
      on.change();
    });
    pencil.on('click', toggle);
    bin.on('click', () => on.remove(sentenceOf()));

    function sentenceOf() {
      return sentence || model.roughSentence(rule, metrics() || [], words);
    }

    function draw() {
      const severity = model.SEVERITIES.includes(rule.severity) ? rule.severity : 'warning';
      const icon = $('<i class="fa" aria-hidden="true"></i>').addClass(MARKS[severity]);
      mark.attr('class', 'alert-mark alert-mark-' + severity);
      mark.empty().append(icon, $('<span></span>').text(words('severity.' + severity)));
      const said = sentenceOf();
      text.empty().toggleClass('alert-old', isOld);
      if (rule.name) text.append($('<b></b>').text(shortened(String(rule.name))), ' ');
      text.append($('<span></span>').text(said));
      const reason = reasonOf();
      trouble.text(reason === '' ? '' : words('notUsed', { reason }));
      container.toggleClass('alert-off', !enabled.prop('checked'));
      enabled.attr('aria-label', words('enabledOf', { rule: said }));
      const act = form ? 'close' : 'edit';
      pencil.attr({
        'aria-expanded': String(form !== null),
        'aria-label': words(act + 'Of', { rule: said }),
        title: words(act),
      });
      pencil.find('i').toggleClass('fa-pencil', !form).toggleClass('fa-chevron-up', Boolean(form));
      pencil.prop('disabled', metrics() === null);
      bin.attr({ 'aria-label': words('removeOf', { rule: said }), title: words('remove') });
    }

    /** Why the rule is not used: what is wrong in its fields, else what only the runtime can find. */
    function reasonOf() {
      const [found] = Object.entries(model.problemsOf(rule));
      if (found) {
        const field = words('field.' + found[0], { defaultValue: found[0] });
        return field + ': ' + words('invalid.' + found[1]);
      }
      return model.hasPlaceholder(rule) ? '' : problems.join(' ');
    }

    function toggle() {
      form = form
        ? null
        : RED.brokerage.alertRuleForm({ metrics: metrics(), onChange: changed, rule, words });
      place.empty().toggle(form !== null);
      if (form) {
        place.append(form.element, ...foot());
        form.focus();
      }
      draw();
    }

    /** The sentence stays, marked as old, until the runtime has made another: one that vanishes at each key is no use. */
    function changed() {
      isOld = true;
      problems = [];
      draw();
      on.change();
    }

    function foot() {
      const sent = $('<div class="alert-notice" role="status" aria-live="polite"></div>');
      const move = (by) => (event) => on.move(by, event.currentTarget);
      const acts = [
        button('fa-arrow-up', words('moveUp')).on('click', move(-1)),
        button('fa-arrow-down', words('moveDown')).on('click', move(1)),
        button('fa-clone', words('duplicate')).on('click', () => on.duplicate()),
        button('fa-paper-plane-o', words('sendThis')).on('click', () => on.sendTest(sent)),
      ];
      return [$('<div class="alert-bar"></div>').append(acts), sent];
    }

    draw();
    return {
      draw,
      element: container,
      focus: () => pencil.trigger('focus'),
      open: () => {
        if (metrics() !== null && form === null) toggle();
      },
      tell: (answer) => {
        sentence = answer.sentence || '';
        problems = Array.isArray(answer.problems) ? answer.problems : [];
        isOld = false;
        draw();
      },
      /** No answer came: a sentence that no longer fits the rule must go. */
      forget: () => {
        if (!isOld) return;
        sentence = '';
        isOld = false;
        draw();
      },
    };
  }

  /** A name fills no screen, and none of its characters is cut in two. */
  function shortened(name) {
    const characters = Array.from(name.slice(0, 2 * LONGEST_NAME + 2));
    const fits = name.length <= LONGEST_NAME || characters.length <= LONGEST_NAME;
    return fits ? name : characters.slice(0, LONGEST_NAME - 1).join('') + '…';
  }

  /** A small button with an icon, and with words where there is room for them. */
  function alertButton(icon, text) {
    const element = $('<button type="button" class="red-ui-button red-ui-button-small"></button>').append(
      $('<i class="fa" aria-hidden="true"></i>').addClass(icon),
    );
    return text === undefined ? element : element.append($('<span></span>').text(' ' + text));
  }

  RED.brokerage = { ...RED.brokerage, alertButton, alertRuleRow };
})();
