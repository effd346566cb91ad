// Fields of the alert node's dialog: each has a label, a hint and a reason, and is seen only where it means something.
(function () {
  if (RED.brokerage?.alertFields) return;

  const SPANS = [
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ];

  /**
   * @param prefix of the ids of the fields
   * @param words the catalogue of the dialog
   * @param onChange called after a field has written what was entered
   */
  function alertFields({ onChange, prefix, words }) {
    const fields = [];

    /**
     * Adds one field.
     *
     * @param after what stands behind the control, such as its unit
     * @param hint gives the text below the control
     * @param isShown whether the field means something now
     * @param problem name under which something wrong with it is told
     */
    function add(parent, { after, control, hint, isShown = () => true, name, problem = name, wide = false }) {
      const id = prefix + name;
      const hintText = $('<p class="alert-hint"></p>').attr('id', id + '-hint');
      const reasonText = $('<p class="alert-reason" aria-live="polite"></p>').attr('id', id + '-reason');
      control.attr({ id, 'aria-describedby': id + '-hint ' + id + '-reason' });
      const label = $('<label></label>')
        .attr('for', id)
        .text(words('field.' + name));
      const row = $('<div class="alert-field"></div>').toggleClass('alert-wide', wide);
      if (control.is('[type="checkbox"]'))
        row.append($('<div class="alert-tick"></div>').append(control, label));
      else row.append(label, $('<div class="alert-entry"></div>').append(control, after));
      row.append(hintText, reasonText).appendTo(parent);
      fields.push({ control, hint, hintText, isShown, name, problem, reasonText, row });
    }

    function text(set, attributes = {}) {
      return $('<input type="text" spellcheck="false" autocomplete="off" />')
        .attr(attributes)
        .on('input', ({ target }) => changed(() => set(target.value)));
    }

    function lines(set) {
      return $('<textarea rows="3" spellcheck="false"></textarea>').on('input', ({ target }) =>
        changed(() => set(target.value)),
      );
    }

    function tick(set) {
      return $('<input type="checkbox" />').on('change', ({ target }) => changed(() => set(target.checked)));
    }

    function select(set) {
      return $('<select></select>').on('change', ({ target }) => changed(() => set(target.value)));
    }

    function changed(set) {
      set();
      onChange();
    }

    /** Shows the fields that mean something, their hints, and what is wrong: `problems` is name → key of the reason. */
    function draw(problems) {
      for (const { control, hint, hintText, isShown, problem, reasonText, row } of fields) {
        const reason = problems[problem] ? words('invalid.' + problems[problem]) : '';
        row.toggle(isShown());
        hintText.text(hint ? hint() : '');
        reasonText.text(reason);
        control.attr('aria-invalid', String(reason !== '')).toggleClass('input-error', reason !== '');
      }
    }

    return { add, draw, lines, select, text, tick };
  }

  /** Fills a select, an optgroup or a datalist with `[value, text]`. */
  function optionsIn(element, options) {
    return element
      .empty()
      .append(options.map(([value, text]) => $('<option></option>').val(value).text(text)));
  }

  /** Seconds as people say them in the editor's language, from a minute on: `1 minute 30 seconds`; '' for what needs no words. */
  function spanText(seconds) {
    if (!(seconds >= 60) || seconds > 1e9) return '';
    const said = [];
    let left = Math.floor(seconds);
    for (const [unit, size] of SPANS) {
      const count = Math.floor(left / size);
      left -= count * size;
      const format = new Intl.NumberFormat(RED.i18n.lang(), { style: 'unit', unit, unitDisplay: 'long' });
      if (count > 0) said.push(format.format(count));
    }
    return said.join(' ');
  }

  RED.brokerage = { ...RED.brokerage, alertFields, optionsIn, spanText };
})();
