// A rule of the alert node as the editor sees it: which kind it is, what its figures look like in a field, and what is
// wrong with it. The runtime judges again when it starts, by the same limits.
(function () {
  if (RED.brokerage?.alertRule) return;

  const OPERATORS = {
    level: ['<', '<=', '>', '>=', 'outside'],
    edge: ['crosses', 'crossesUp', 'crossesDown'],
    event: ['event', 'appeared', 'changed', 'vanished'],
  };
  const SEVERITIES = ['info', 'warning', 'critical'];
  const PLACEHOLDER = /^\$\{[^}]+\}$/;
  const ID = /^[A-Za-z0-9][\w.:-]{0,63}$/;
  const YEAR_SECONDS = 366 * 86400;
  const LARGEST = 1e15;
  const LONGEST_TEXT = 100000;

  const isBlank = (raw) =>
    raw === undefined || raw === null || (typeof raw === 'string' && raw.trim() === '');
  const isPlaceholder = (raw) => typeof raw === 'string' && PLACEHOLDER.test(raw.trim());
  const isRecord = (raw) => typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  const numberIn = (raw) =>
    isBlank(raw) || !['number', 'string'].includes(typeof raw) ? Number.NaN : Number(raw);
  const isWithin = (raw, low, high) => numberIn(raw) >= low && numberIn(raw) <= high;
  const isSpan = (raw) => isBlank(raw) || isPlaceholder(raw) || isWithin(raw, 0, YEAR_SECONDS);
  const isNumber = (raw) => isPlaceholder(raw) || isWithin(raw, -LARGEST, LARGEST);
  const isChoice = (raw, choices) => isBlank(raw) || isPlaceholder(raw) || choices.includes(raw);
  const isSwitch = (raw) => isChoice(raw, [true, false, 'true', 'false']);
  const isText = (raw, longest) =>
    isBlank(raw) || (['string', 'number'].includes(typeof raw) && String(raw).length <= longest);

  /** `level`, `edge` or `event`: what a rule does follows from its operator. */
  function kindOf({ operator }) {
    if (OPERATORS.edge.includes(operator)) return 'edge';
    return OPERATORS.event.includes(operator) ? 'event' : 'level';
  }

  /** What a rule watches, as the runtime names it; undefined when it knows nothing of that name. */
  function metricOf(rule, metrics) {
    const isEvent = kindOf(rule) === 'event';
    return metrics.find(({ kind, name }) => name === rule.metric && (kind === 'event') === isEvent);
  }

  /** Words as a list, whether they were saved as one or with commas. */
  function wordsIn(raw) {
    const list = Array.isArray(raw) ? raw : String(raw ?? '').split(',');
    return list.map((word) => String(word).trim()).filter((word) => word !== '');
  }

  /** 0.07 × 100 is 7.000000000000001. */
  const cleaned = (value) => Number(value.toPrecision(12));

  /** A saved figure as it stands in a field; fractions stand there as percent. */
  function shown(raw, unit) {
    if (isBlank(raw)) return '';
    const value = numberIn(raw);
    return unit === 'fraction' && Number.isFinite(value) ? String(cleaned(value * 100)) : String(raw);
  }

  /** What was typed, as it is saved: a number, '' or, where it is none, the text itself. */
  function typed(text, unit) {
    const word = text.trim();
    const value = numberIn(word);
    if (!Number.isFinite(value)) return word;
    return unit === 'fraction' ? cleaned(value / 100) : value;
  }

  function isOnSafeSide({ clearAt, operator, threshold }) {
    if ([clearAt, threshold].some((raw) => isBlank(raw) || isPlaceholder(raw))) return true;
    const [end, limit] = [Number(clearAt), Number(threshold)];
    if (!Number.isFinite(end) || !Number.isFinite(limit)) return true;
    if (!['>', '>=', 'outside'].includes(operator)) return end >= limit;
    return end <= limit && (operator !== 'outside' || end >= 0);
  }

  /** What is wrong with a rule: field → key of the reason. */
  function problemsOf(rule) {
    if (!isRecord(rule)) return { rule: 'noRule' };
    const kind = kindOf(rule);
    const checks = [
      ['id', typeof rule.id === 'string' && ID.test(rule.id), 'id'],
      ['metric', !isBlank(rule.metric) && typeof rule.metric === 'string', 'metric'],
      ['operator', isChoice(rule.operator, Object.values(OPERATORS).flat()), 'choice'],
      ['severity', isChoice(rule.severity, SEVERITIES), 'choice'],
      ['enabled', isSwitch(rule.enabled), 'choice'],
      ['marketHoursOnly', isSwitch(rule.marketHoursOnly), 'choice'],
      ['name', isText(rule.name, LONGEST_TEXT), 'long'],
      ['template', isText(rule.template, LONGEST_TEXT), 'long'],
      ['cooldownSeconds', isSpan(rule.cooldownSeconds), 'span'],
      ...scopeChecks(rule.scope),
      ...(kind === 'event' ? [['threshold', areWords(rule.threshold), 'words']] : figureChecks(rule)),
      ...(kind === 'level' ? levelChecks(rule) : []),
    ];
    const wrong = checks.filter(([, isGood]) => !isGood);
    return Object.fromEntries(wrong.toReversed().map(([field, , reason]) => [field, reason]));
  }

  function scopeChecks(scope) {
    if (scope === undefined || scope === null) return [];
    if (!isRecord(scope)) return [['account', false, 'choice']];
    return [
      ['account', isText(scope.account, 80), 'long80'],
      ['symbol', isText(scope.symbol, 80), 'long80'],
      ['assetClass', isText(scope.assetClass, 40), 'long40'],
    ];
  }

  function areWords(raw) {
    if (isBlank(raw)) return true;
    const list = typeof raw === 'string' ? raw.split(',') : raw;
    if (!Array.isArray(list) || list.length > 100) return false;
    return list.every((word) => typeof word === 'string' && word.length <= 80);
  }

  function figureChecks({ clearAt, threshold }) {
    return [
      ['threshold', isNumber(threshold), 'number'],
      ['clearAt', isBlank(clearAt) || isNumber(clearAt), 'number'],
    ];
  }

  function levelChecks(rule) {
    const { noData, operator, threshold } = rule;
    const isHeld = isBlank(noData) || noData === 'hold';
    const after = isRecord(noData) ? noData.alertAfterSeconds : Number.NaN;
    return [
      [
        'threshold',
        operator !== 'outside' || isPlaceholder(threshold) || !(Number(threshold) <= 0),
        'above0',
      ],
      ['clearAt', isOnSafeSide(rule), 'wrongSide'],
      ['forSeconds', isSpan(rule.forSeconds), 'span'],
      ['keepFiringSeconds', isSpan(rule.keepFiringSeconds), 'span'],
      ['repeatSeconds', isSpan(rule.repeatSeconds), 'span'],
      ['resolveMessage', isSwitch(rule.resolveMessage), 'choice'],
      ['noData', isHeld || isPlaceholder(after) || isWithin(after, 1, YEAR_SECONDS), 'span1'],
    ];
  }

  /** The first thing that is wrong in a list of rules: `{position (from 1), field, reason}`, or null. */
  function problemIn(rules) {
    const ids = new Set();
    for (const [index, rule] of rules.entries()) {
      const [found] = Object.entries(problemsOf(rule));
      if (found) return { position: index + 1, field: found[0], reason: found[1] };
      if (ids.has(rule.id)) return { position: index + 1, field: 'id', reason: 'id' };
      ids.add(rule.id);
    }
    return null;
  }

  /** An environment variable is known to the runtime only, which cannot make a sentence of it before it starts. */
  function hasPlaceholder(raw) {
    return isRecord(raw) || Array.isArray(raw)
      ? Object.values(raw).some((part) => hasPlaceholder(part))
      : isPlaceholder(raw);
  }

  function isEnabled({ enabled }) {
    return enabled === undefined || enabled === null || String(enabled) !== 'false';
  }

  /** What a rule says as long as the runtime has made no sentence of it: `margin cushion is below 10 %`. */
  function roughSentence(rule, metrics, words) {
    const metric = metricOf(rule, metrics);
    const what = metric?.label || rule.metric || words('newRule');
    if (!rule.metric || kindOf(rule) === 'event' || metric?.unit === 'yes-no') return what;
    const condition = words('operator.' + (rule.operator || '<'), { defaultValue: rule.operator });
    const unit = metric ? words('unit.' + metric.unit, { defaultValue: '' }) : '';
    const said = words('roughly', { condition, threshold: shown(rule.threshold, metric?.unit), unit, what });
    return said.replace(/ +/g, ' ').trim();
  }

  /** The rules as copies, each with an id that no other one has. */
  function withIds(rules) {
    const ids = new Set();
    return rules.filter(isRecord).map((rule) => {
      const isGood = typeof rule.id === 'string' && ID.test(rule.id) && !ids.has(rule.id);
      const id = isGood ? rule.id : RED.nodes.id();
      ids.add(id);
      return { ...structuredClone(rule), id };
    });
  }

  function ownRule() {
    return {
      id: RED.nodes.id(),
      enabled: true,
      name: '',
      metric: '',
      operator: '<',
      threshold: '',
      scope: { account: '', symbol: '', assetClass: '' },
      severity: 'warning',
    };
  }

  RED.brokerage = {
    ...RED.brokerage,
    alertRule: {
      OPERATORS,
      SEVERITIES,
      hasPlaceholder,
      isEnabled,
      isPlaceholder,
      kindOf,
      metricOf,
      numberIn,
      ownRule,
      problemIn,
      problemsOf,
      roughSentence,
      shown,
      typed,
      withIds,
      wordsIn,
    },
  };
})();
