// The fields of one rule of the alert node. They write into the rule they are given at every key.
(function () {
  if (RED.brokerage?.alertRuleForm) return;

  const YES = { operator: '>', threshold: 0.5 };
  const NO = { operator: '<', threshold: 0.5 };
  /** Happenings that have words to choose from; those of a position are named by its operator. */
  const WITH_WORDS = ['orderStatus', 'orderTag', 'execution', 'activity'];
  let made = 0;

  /**
   * @param rule as saved; it is changed in place
   * @param metrics what can be watched, as the runtime names it
   * @param words the catalogue of the dialog
   * @returns element; check() draws the reasons anew; focus()
   */
  function alertRuleForm({ metrics, onChange, rule, words }) {
    const model = RED.brokerage.alertRule;
    const prefix = 'alert-rule-' + ++made + '-';
    const fields = [];
    const element = $('<div class="alert-form"></div>');
    const main = $('<div class="alert-fields"></div>').appendTo(element);
    const more = $('<div class="alert-fields"></div>');
    $('<details class="alert-more"></details>')
      .append($('<summary></summary>').text(words('more')), more)
      .appendTo(element);

    const kind = () => model.kindOf(rule);
    const metric = () => metrics.find((one) => one.name === rule.metric && isOfKind(one));
    const unit = () => (kind() === 'event' ? null : (metric()?.unit ?? null));
    const isOfKind = (one) => (one.kind === 'event') === (kind() === 'event');
    const isFlag = () => unit() === 'yes-no';
    const isFigure = () => kind() !== 'event' && !isFlag();
    const hasWords = () =>
      kind() === 'event' && (WITH_WORDS.includes(rule.metric) || rule.threshold?.length > 0);

    /** One field: its label, what is entered, a hint and a reason. */
    function add(parent, { after, control, hint, isShown = () => true, name, problem = name, wide = false }) {
      const id = prefix + name;
      const said = {
        hint: $('<p class="alert-hint"></p>'),
        reason: $('<p class="alert-reason" aria-live="polite"></p>'),
      };
      for (const [part, paragraph] of Object.entries(said)) paragraph.attr('id', id + '-' + part);
      control.attr({ id, 'aria-describedby': id + '-hint ' + id + '-reason' });
      const row = $('<div class="alert-field"></div>').toggleClass('alert-wide', wide);
      const label = $('<label></label>')
        .attr('for', id)
        .text(words('field.' + name));
      if (control.is('[type="checkbox"]'))
        row.append($('<div class="alert-tick"></div>').append(control, label));
      else row.append(label, $('<div class="alert-entry"></div>').append(control, after));
      row.append(said.hint, said.reason).appendTo(parent);
      fields.push({ control, hint, isShown, problem, row, said });
    }

    function text(set, attributes = {}) {
      return $('<input type="text" spellcheck="false" autocomplete="off" />')
        .attr(attributes)
        .on('input', (event) => changed(() => set(event.target.value)));
    }

    function select(set, options) {
      return fill($('<select></select>'), options).on('change', (event) =>
        changed(() => set(event.target.value)),
      );
    }

    function fill(control, options) {
      return control
        .empty()
        .append(options.map(([value, label]) => $('<option></option>').val(value).text(label)));
    }

    function tick(set) {
      return $('<input type="checkbox" />').on('change', (event) => changed(() => set(event.target.checked)));
    }

    function changed(set) {
      set();
      fit();
      check();
      onChange();
    }

    /** Left blank means the default, which is not saved, so that it may become a better one. */
    function put(name, value) {
      if (value === '') delete rule[name];
      else rule[name] = value;
    }

    function putScope(name, value) {
      rule.scope = { account: '', symbol: '', assetClass: '', ...rule.scope, [name]: value.trim() };
    }

    function seconds(name, fallback) {
      const control = text((entered) => put(name, model.typed(entered, 'seconds')), {
        inputmode: 'numeric',
        placeholder: fallback,
      }).val(rule[name] ?? '');
      return {
        control,
        hint: () => [words('hint.' + name), spanOf(rule[name] ?? fallback)].filter(Boolean).join(' '),
      };
    }

    /** Durations are typed as seconds, and said as people say them. */
    function spanOf(raw) {
      const value = model.numberIn(raw);
      if (!(value >= 60) || value > 1e9) return '';
      const said = [];
      let left = Math.floor(value);
      for (const [name, size] of [
        ['day', 86400],
        ['hour', 3600],
        ['minute', 60],
        ['second', 1],
      ]) {
        const count = Math.floor(left / size);
        left -= count * size;
        if (count > 0)
          said.push(
            new Intl.NumberFormat(undefined, { style: 'unit', unit: name, unitDisplay: 'long' }).format(
              count,
            ),
          );
      }
      return words('span', { span: said.join(' ') });
    }

    // --- what is always seen

    const metricSelect = $('<select></select>');
    for (const group of ['number', 'event']) {
      const options = metrics.filter((one) => one.kind === group);
      fill(
        $('<optgroup></optgroup>').attr('label', words('metrics.' + group)),
        options.map(({ label, name }) => [group + ':' + name, label]),
      ).appendTo(metricSelect);
    }
    const chosen = () => (kind() === 'event' ? 'event:' : 'number:') + (rule.metric ?? '');
    if (!metric())
      metricSelect.prepend(
        $('<option></option>')
          .val(chosen())
          .text(rule.metric || words('choose')),
      );
    metricSelect.val(chosen()).on('change', () => changed(() => chooseMetric(metricSelect.val())));

    /** What stands in the fields stays where it can mean the same with the other metric. */
    function chooseMetric(value) {
      const before = { isFlag: isFlag(), kind: kind(), typed: [thresholdInput.val(), clearAtInput.val()] };
      const [next, name] = value.split(':');
      rule.metric = name;
      if (next === 'event') {
        if (before.kind !== 'event' || name !== 'quantity') rule.operator = 'event';
        rule.threshold = [];
        delete rule.clearAt;
      } else {
        if (before.kind === 'event') Object.assign(rule, { operator: '<', threshold: '' });
        if (isFlag() && !before.isFlag) Object.assign(rule, YES);
        if (!isFlag() && before.isFlag) Object.assign(rule, { operator: '<', threshold: '' });
        if (isFlag() || before.isFlag) delete rule.clearAt;
        if (isFigure() && !before.isFlag && before.kind !== 'event') {
          rule.threshold = model.typed(before.typed[0], unit());
          put('clearAt', model.typed(before.typed[1], unit()));
        }
      }
      operators();
      show();
    }

    add(main, { name: 'metric', control: metricSelect });

    const operatorSelect = select((value) => (rule.operator = value), []);
    function operators() {
      const group =
        kind() === 'event' ? model.OPERATORS.event : [...model.OPERATORS.level, ...model.OPERATORS.edge];
      const list = rule.operator && !group.includes(rule.operator) ? [rule.operator, ...group] : group;
      fill(
        operatorSelect,
        list.map((operator) => [operator, words('operator.' + operator, { defaultValue: operator })]),
      );
      operatorSelect.val(rule.operator || '<');
    }
    add(main, {
      name: 'operator',
      control: operatorSelect,
      hint: () => words('hint.operator.' + (rule.operator || '<'), { defaultValue: '' }),
      isShown: () =>
        isFigure() || (kind() === 'event' && (rule.metric === 'quantity' || rule.operator !== 'event')),
    });

    const unitText = $('<span class="alert-unit"></span>');
    const thresholdInput = text((entered) => (rule.threshold = model.typed(entered, unit())), {
      inputmode: 'decimal',
    });
    add(main, { name: 'threshold', control: thresholdInput, after: unitText, isShown: isFigure });

    const flagSelect = select(
      (value) => Object.assign(rule, value === 'no' ? NO : YES),
      [
        ['yes', words('yes')],
        ['no', words('no')],
      ],
    );
    add(main, { name: 'flag', control: flagSelect, isShown: isFlag, problem: 'threshold' });

    const wordsInput = text((entered) => (rule.threshold = model.wordsIn(entered)));
    add(main, {
      name: 'words',
      control: wordsInput,
      hint: () => words('hint.words.' + rule.metric, { defaultValue: words('hint.words.other') }),
      isShown: hasWords,
      problem: 'threshold',
    });

    add(main, {
      name: 'account',
      control: text((entered) => putScope('account', entered), { placeholder: words('all.accounts') }).val(
        rule.scope?.account ?? '',
      ),
      hint: () => words('hint.account'),
    });
    add(main, {
      name: 'symbol',
      control: text((entered) => putScope('symbol', entered), { placeholder: words('all.symbols') }).val(
        rule.scope?.symbol ?? '',
      ),
      hint: () => words('hint.symbol'),
    });
    const isLevel = () => kind() === 'level';
    add(main, {
      name: 'forSeconds',
      ...seconds('forSeconds', 0),
      after: unitOf('seconds'),
      isShown: isLevel,
    });
    const severitySelect = select(
      (value) => (rule.severity = value),
      model.SEVERITIES.map((severity) => [severity, words('severity.' + severity)]),
    );
    severitySelect.val(rule.severity || 'warning');
    add(main, {
      name: 'severity',
      control: severitySelect,
      hint: () => words('hint.severity.' + severitySelect.val()),
    });

    // --- more

    add(more, {
      name: 'name',
      control: text((entered) => (rule.name = entered)).val(rule.name ?? ''),
      hint: () => words('hint.name'),
    });
    const clearUnit = $('<span class="alert-unit"></span>');
    const clearAtInput = text((entered) => put('clearAt', model.typed(entered, unit())), {
      inputmode: 'decimal',
      placeholder: words('default'),
    });
    add(more, {
      name: 'clearAt',
      control: clearAtInput,
      after: clearUnit,
      hint: () =>
        words(
          'hint.' +
            (model.numberIn(rule.threshold) === 0 && isLevel()
              ? 'clearAt0'
              : isLevel()
                ? 'clearAt'
                : 'clearAtEdge'),
        ),
      isShown: isFigure,
    });
    add(more, {
      name: 'keepFiringSeconds',
      ...seconds('keepFiringSeconds', 0),
      after: unitOf('seconds'),
      isShown: isLevel,
    });
    add(more, { name: 'cooldownSeconds', ...seconds('cooldownSeconds', 900), after: unitOf('seconds') });
    add(more, {
      name: 'repeatSeconds',
      ...seconds('repeatSeconds', 0),
      after: unitOf('seconds'),
      isShown: isLevel,
    });

    const noDataInput = text(
      (entered) =>
        (rule.noData =
          entered.trim() === '' ? 'hold' : { alertAfterSeconds: model.typed(entered, 'seconds') }),
      { inputmode: 'numeric', placeholder: words('never') },
    ).val(rule.noData?.alertAfterSeconds ?? '');
    add(more, {
      name: 'noData',
      control: noDataInput,
      after: unitOf('seconds'),
      hint: () => [words('hint.noData'), spanOf(rule.noData?.alertAfterSeconds)].filter(Boolean).join(' '),
      isShown: isLevel,
    });
    const classes = words('assetClasses').split(' ');
    const classInput = text((entered) => putScope('assetClass', entered), {
      placeholder: words('all.classes'),
      list: prefix + 'classes',
    });
    classInput.val(rule.scope?.assetClass ?? '');
    add(more, {
      name: 'assetClass',
      control: classInput,
      after: fill(
        $('<datalist></datalist>').attr('id', prefix + 'classes'),
        classes.map((name) => [name, name]),
      ),
      hint: () => words('hint.assetClass'),
    });
    add(more, {
      name: 'resolveMessage',
      control: tick((is) => (rule.resolveMessage = is)).prop('checked', isOn(rule.resolveMessage, true)),
      isShown: isLevel,
    });
    add(more, {
      name: 'marketHoursOnly',
      control: tick((is) => (rule.marketHoursOnly = is)).prop('checked', isOn(rule.marketHoursOnly, false)),
      hint: () => words('hint.marketHoursOnly'),
    });
    add(more, {
      name: 'template',
      control: $('<textarea rows="3" spellcheck="false"></textarea>')
        .val(rule.template ?? '')
        .on('input', (event) => changed(() => (rule.template = event.target.value))),
      hint: () => words('hint.template'),
      wide: true,
    });

    function unitOf(name) {
      return $('<span class="alert-unit"></span>').text(words('unit.' + name));
    }

    function isOn(raw, fallback) {
      return raw === undefined || raw === null || raw === '' ? fallback : String(raw) === 'true';
    }

    /** Puts the rule's figure into the fields that show it; which of them is seen, its kind says. */
    function show() {
      const isList = kind() === 'event';
      thresholdInput.val(isList ? '' : model.shown(rule.threshold, unit()));
      clearAtInput.val(isList ? '' : model.shown(rule.clearAt, unit()));
      wordsInput.val(isList ? model.wordsIn(rule.threshold).join(', ') : '');
      flagSelect.val(String(rule.operator ?? '<').startsWith('<') ? 'no' : 'yes');
    }

    function fit() {
      for (const { isShown, row } of fields) row.toggle(isShown());
      for (const control of [unitText, clearUnit])
        control.text(unit() === null ? '' : words('unit.' + unit(), { defaultValue: '' }));
    }

    function check() {
      const problems = model.problemsOf(rule);
      for (const { control, hint, problem, said } of fields) {
        const reason = problems[problem]
          ? words('invalid.' + problems[problem])
          : problem === 'metric' && !metric()
            ? words('invalid.metric')
            : '';
        said.reason.text(reason);
        said.hint.text(hint ? hint() : '');
        control.attr('aria-invalid', String(reason !== '')).toggleClass('input-error', reason !== '');
      }
    }

    operators();
    show();
    fit();
    check();
    const wrong = Object.keys(model.problemsOf(rule));
    const isBelow = ({ problem, row }) => wrong.includes(problem) && row.closest('details').length > 0;
    if (fields.some(isBelow)) element.find('details').prop('open', true);
    return { element, check, focus: () => metricSelect.trigger('focus') };
  }

  RED.brokerage = { ...RED.brokerage, alertRuleForm };
})();
