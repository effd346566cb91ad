// The fields of one rule of the alert node. They write into the rule they are given at every key.
(function () {
  if (RED.brokerage?.alertRuleForm) return;

  const YES = { operator: '>', threshold: 0.5 };
  const NO = { operator: '<', threshold: 0.5 };
  /** Happenings that have words to choose from; those of a position are named by its operator. */
  const WITH_WORDS = ['orderStatus', 'orderTag', 'execution', 'activity'];
  const ASSET_CLASSES =
    'stock etf option future future_option bond mutual_fund cash_equivalent forex cfd crypto index warrant other';
  let made = 0;

  /**
   * @param rule as saved; it is changed in place
   * @param metrics what can be watched, as the runtime names it
   * @param words the catalogue of the dialog
   * @returns element; focus()
   */
  function alertRuleForm({ metrics, onChange, rule, words }) {
    const model = RED.brokerage.alertRule;
    const { optionsIn, spanText } = RED.brokerage;
    const prefix = 'alert-rule-' + ++made + '-';
    const fields = RED.brokerage.alertFields({ onChange: changed, prefix, words });
    const element = $('<div class="alert-form"></div>');
    const main = $('<div class="alert-fields"></div>').appendTo(element);
    const details = $('<details class="alert-more"></details>').appendTo(element);
    const more = $('<div class="alert-fields"></div>');
    details.append($('<summary></summary>').text(words('more')), more);

    const kind = () => model.kindOf(rule);
    const metric = () => model.metricOf(rule, metrics);
    const unit = () => metric()?.unit ?? null;
    const isLevel = () => kind() === 'level';
    const isEvent = () => kind() === 'event';
    const isFlag = () => unit() === 'yes-no';
    const isFigure = () => !isEvent() && !isFlag();
    const hasWords = () => isEvent() && (WITH_WORDS.includes(rule.metric) || rule.threshold?.length > 0);
    const hasChoice = () =>
      isFigure() || (isEvent() && (rule.metric === 'quantity' || rule.operator !== 'event'));

    function changed() {
      draw();
      onChange();
    }

    function draw() {
      const unknown = metric() ? {} : { metric: 'metric' };
      for (const control of units)
        control.text(unit() === null ? '' : words('unit.' + unit(), { defaultValue: '' }));
      fields.draw({ ...unknown, ...model.problemsOf(rule) });
    }

    /** Left blank means the default, which is not saved, so that it may become a better one. */
    function put(name, value) {
      if (value === '') delete rule[name];
      else rule[name] = value;
    }

    function scope(name, attributes) {
      const set = (entered) =>
        (rule.scope = { account: '', symbol: '', assetClass: '', ...rule.scope, [name]: entered.trim() });
      return fields.text(set, attributes).val(rule.scope?.[name] ?? '');
    }

    /** A duration: typed as seconds, and said as people say it. */
    function span(name, fallback) {
      const set = (entered) => put(name, model.typed(entered, 'seconds'));
      const hint = () => withSpan(words('hint.' + name), rule[name] ?? fallback);
      const control = fields.text(set, { inputmode: 'numeric', placeholder: fallback }).val(rule[name] ?? '');
      return { name, control, after: unitText('seconds'), hint };
    }

    function withSpan(hint, raw) {
      const said = spanText(model.numberIn(raw));
      return said === '' ? hint : hint + ' ' + words('span', { span: said });
    }

    function unitText(name) {
      return $('<span class="alert-unit"></span>').text(name === undefined ? '' : words('unit.' + name));
    }

    function isOn(raw, fallback) {
      return raw === undefined || raw === null || raw === '' ? fallback : String(raw) === 'true';
    }

    const units = [unitText(), unitText()];
    const decimal = { inputmode: 'decimal' };
    const metricSelect = fields.select(chooseMetric);
    const operatorSelect = fields.select((value) => (rule.operator = value));
    const thresholdInput = fields.text((entered) => (rule.threshold = model.typed(entered, unit())), decimal);
    const flagSelect = fields.select((value) => Object.assign(rule, value === 'no' ? NO : YES));
    const wordsInput = fields.text((entered) => (rule.threshold = model.wordsIn(entered)));
    const severitySelect = fields.select((value) => (rule.severity = value));
    const clearAtInput = fields.text((entered) => put('clearAt', model.typed(entered, unit())), {
      ...decimal,
      placeholder: words('default'),
    });

    // The names of what can be watched are long.
    fields.add(main, { name: 'metric', control: metricSelect, wide: true });
    fields.add(main, {
      name: 'operator',
      control: operatorSelect,
      hint: () => words('hint.operator.' + (rule.operator || '<'), { defaultValue: '' }),
      isShown: hasChoice,
    });
    fields.add(main, { name: 'threshold', control: thresholdInput, after: units[0], isShown: isFigure });
    fields.add(main, { name: 'flag', control: flagSelect, isShown: isFlag, problem: 'threshold' });
    fields.add(main, {
      name: 'words',
      control: wordsInput,
      hint: () => words('hint.words.' + rule.metric, { defaultValue: words('hint.words.other') }),
      isShown: hasWords,
      problem: 'threshold',
    });
    fields.add(main, {
      name: 'account',
      control: scope('account', { placeholder: words('all.accounts') }),
      hint: () => words('hint.account'),
    });
    fields.add(main, {
      name: 'symbol',
      control: scope('symbol', { placeholder: words('all.symbols') }),
      hint: () => words('hint.symbol'),
    });
    fields.add(main, { ...span('forSeconds', 0), isShown: isLevel });
    fields.add(main, {
      name: 'severity',
      control: severitySelect,
      hint: () => words('hint.severity.' + severitySelect.val()),
    });

    fields.add(more, {
      name: 'name',
      control: fields.text((entered) => (rule.name = entered)).val(rule.name ?? ''),
      hint: () => words('hint.name'),
    });
    fields.add(more, {
      name: 'clearAt',
      control: clearAtInput,
      after: units[1],
      hint: () => {
        if (!isLevel()) return words('hint.clearAtEdge');
        return words(model.numberIn(rule.threshold) === 0 ? 'hint.clearAt0' : 'hint.clearAt');
      },
      isShown: isFigure,
    });
    fields.add(more, { ...span('keepFiringSeconds', 0), isShown: isLevel });
    fields.add(more, span('cooldownSeconds', 900));
    fields.add(more, { ...span('repeatSeconds', 0), isShown: isLevel });
    const afterSeconds = (entered) =>
      (rule.noData = entered.trim() === '' ? 'hold' : { alertAfterSeconds: model.typed(entered, 'seconds') });
    fields.add(more, {
      name: 'noData',
      control: fields
        .text(afterSeconds, { inputmode: 'numeric', placeholder: words('never') })
        .val(rule.noData?.alertAfterSeconds ?? ''),
      after: unitText('seconds'),
      hint: () => withSpan(words('hint.noData'), rule.noData?.alertAfterSeconds),
      isShown: isLevel,
    });
    const classes = ASSET_CLASSES.split(' ').map((name) => [name, name]);
    fields.add(more, {
      name: 'assetClass',
      control: scope('assetClass', { placeholder: words('all.classes'), list: prefix + 'classes' }),
      after: optionsIn($('<datalist></datalist>').attr('id', prefix + 'classes'), classes),
      hint: () => words('hint.assetClass'),
    });
    fields.add(more, {
      name: 'resolveMessage',
      control: fields
        .tick((is) => (rule.resolveMessage = is))
        .prop('checked', isOn(rule.resolveMessage, true)),
      isShown: isLevel,
    });
    fields.add(more, {
      name: 'marketHoursOnly',
      control: fields
        .tick((is) => (rule.marketHoursOnly = is))
        .prop('checked', isOn(rule.marketHoursOnly, false)),
      hint: () => words('hint.marketHoursOnly'),
    });
    fields.add(more, {
      name: 'template',
      control: fields.lines((entered) => (rule.template = entered)).val(rule.template ?? ''),
      hint: () => words('hint.template'),
      wide: true,
    });

    function fillMetrics() {
      for (const group of ['number', 'event']) {
        const options = metrics.filter((one) => one.kind === group);
        optionsIn(
          $('<optgroup></optgroup>').attr('label', words('metrics.' + group)),
          options.map(({ label, name }) => [group + ':' + name, label]),
        ).appendTo(metricSelect);
      }
      const chosen = (isEvent() ? 'event:' : 'number:') + (rule.metric ?? '');
      if (!metric()) {
        const other = $('<option></option>').val(chosen);
        metricSelect.prepend(other.text(rule.metric || words('choose')));
      }
      metricSelect.val(chosen);
    }

    function fillOperators() {
      const { edge, event, level } = model.OPERATORS;
      const group = isEvent() ? event : [...level, ...edge];
      const isOther = rule.operator && !group.includes(rule.operator);
      const textOf = (operator) => words('operator.' + operator, { defaultValue: operator });
      const list = isOther ? [rule.operator, ...group] : group;
      optionsIn(
        operatorSelect,
        list.map((operator) => [operator, textOf(operator)]),
      ).val(rule.operator || '<');
    }

    /** What stands in the fields stays where it can mean the same with the other metric. */
    function chooseMetric(value) {
      const [next, name] = value.split(':');
      const wasFigure = isFigure();
      const entered = { clearAt: clearAtInput.val(), threshold: thresholdInput.val() };
      rule.metric = name;
      if (next === 'event') {
        if (kind() !== 'event' || name !== 'quantity') rule.operator = 'event';
        rule.threshold = [];
      } else {
        if (isEvent()) rule.operator = '<';
        if (isFlag()) Object.assign(rule, YES);
        else if (wasFigure) rule.threshold = model.typed(entered.threshold, unit());
        else Object.assign(rule, { operator: '<', threshold: '' });
      }
      put('clearAt', wasFigure && isFigure() ? model.typed(entered.clearAt, unit()) : '');
      fillOperators();
      showFigures();
    }

    function showFigures() {
      thresholdInput.val(isEvent() ? '' : model.shown(rule.threshold, unit()));
      clearAtInput.val(isEvent() ? '' : model.shown(rule.clearAt, unit()));
      wordsInput.val(isEvent() ? model.wordsIn(rule.threshold).join(', ') : '');
      flagSelect.val(String(rule.operator || '<').startsWith('<') ? 'no' : 'yes');
    }

    fillMetrics();
    fillOperators();
    optionsIn(flagSelect, [
      ['yes', words('yes')],
      ['no', words('no')],
    ]);
    optionsIn(
      severitySelect,
      model.SEVERITIES.map((severity) => [severity, words('severity.' + severity)]),
    ).val(rule.severity || 'warning');
    showFigures();
    draw();
    details.prop('open', more.find('[aria-invalid="true"]').length > 0);
    return { element, focus: () => metricSelect.trigger('focus') };
  }

  RED.brokerage = { ...RED.brokerage, alertRuleForm };
})();
