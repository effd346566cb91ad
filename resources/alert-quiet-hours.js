// The quiet hours of the alert node: a tick, two times of day and a time zone.
(function () {
  if (RED.brokerage?.alertQuietHours) return;

  const CLOCK = /^([01]?\d|2[0-3]):[0-5]\d$/;
  const DEFAULTS = { from: '22:00', to: '07:00' };

  /** What is wrong with quiet hours: field → key of the reason. `null`: there are none. */
  function quietHoursProblems(raw) {
    if (raw === null || raw === undefined || raw === '') return {};
    const isPlaceholder = RED.brokerage.alertRule.isPlaceholder;
    const wrong = {};
    for (const name of ['from', 'to'])
      if (!isPlaceholder(raw[name]) && !CLOCK.test(String(raw[name] ?? '').trim())) wrong[name] = 'clock';
    if (!isPlaceholder(raw.timeZone) && !isTimeZone(raw.timeZone)) wrong.timeZone = 'timeZone';
    return wrong;
  }

  function isTimeZone(name) {
    if (typeof name !== 'string' || name === '') return false;
    try {
      return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
    } catch {
      return false;
    }
  }

  /**
   * Fills the fields `#alert-quiet`, `#alert-quiet-from`, `-to` and `-timeZone`.
   *
   * @returns read() the quiet hours as they are saved; tell(problem) what the runtime says of them
   */
  function alertQuietHours({ onChange, quietHours, words }) {
    const field = (name) => $('#alert-quiet-' + name);
    const tick = $('#alert-quiet').prop('checked', Boolean(quietHours));
    const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const filled = { ...DEFAULTS, timeZone: own, ...quietHours };
    const zones = Intl.supportedValuesOf ? Intl.supportedValuesOf('timeZone') : [own];
    $('#alert-zones').append(zones.map((zone) => $('<option></option>').val(zone)));
    for (const name of ['from', 'to', 'timeZone']) field(name).val(filled[name]);

    function read() {
      if (!tick.prop('checked')) return null;
      return { from: text('from'), to: text('to'), timeZone: text('timeZone') };
    }

    function text(name) {
      return String(field(name).val()).trim();
    }

    function check() {
      const problems = quietHoursProblems(read());
      for (const name of ['from', 'to', 'timeZone']) {
        const reason = problems[name] ? words('invalid.' + problems[name]) : '';
        $('#alert-quiet-' + name + '-reason').text(reason);
        field(name)
          .attr('aria-invalid', String(reason !== ''))
          .toggleClass('input-error', reason !== '');
      }
      $('#alert-quiet-fields').toggle(tick.prop('checked'));
      const { from, to } = read() || {};
      $('#alert-quiet-hint').text(
        words(from !== undefined && from === to ? 'hint.quietNever' : 'hint.quiet'),
      );
      return problems;
    }

    const changed = () => {
      check();
      $('#alert-quiet-problem').text('');
      onChange();
    };
    tick.on('change', changed);
    for (const name of ['from', 'to', 'timeZone']) field(name).on('input change', changed);
    check();

    return {
      read,
      tell: (problem) => {
        const isSaid = Object.keys(check()).length > 0 || RED.brokerage.alertRule.hasPlaceholder(read());
        $('#alert-quiet-problem').text(isSaid ? '' : problem || '');
      },
    };
  }

  RED.brokerage = { ...RED.brokerage, alertQuietHours, quietHoursProblems };
})();
