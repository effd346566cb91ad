// What the rules of the dialog would do now: asked while they are typed, shown when the user wants to see it.
(function () {
  if (RED.brokerage?.alertTrial) return;

  const WAIT_MS = 400;

  /**
   * @param place where the result is shown
   * @param read the rules and quiet hours as they stand in the dialog
   * @param requests of `alertRequests`
   * @param words the catalogue of the dialog
   * @param onAnswer called with the rules that were sent, and the answer
   * @returns later() after a key, soon() at once, show() with the result, sendTest(rule id or null, where the outcome is said), close()
   */
  function alertTrial({ onAnswer, place, read, requests, words }) {
    let timer = null;
    let request = null;
    let isShown = false;

    function later() {
      clearTimeout(timer);
      timer = setTimeout(soon, WAIT_MS);
    }

    async function ask() {
      clearTimeout(timer);
      if (request) request.abort();
      const { quietHours, rules } = read();
      if (isShown) say('fa-spinner fa-spin', words('trial.loading'));
      const mine = requests.post('check', { rules, quietHours });
      request = mine;
      const { answer, failure } = await mine.outcome;
      if (request !== mine) return;
      request = null;
      onAnswer({ answer, failure, rules });
      if (!isShown) return;
      if (failure) say('fa-times-circle', failure);
      else draw(answer, rules);
    }

    function soon() {
      ask().catch((error) => say('fa-times-circle', String(error)));
    }

    function say(icon, text, where = place) {
      where.empty().append(line(icon, text));
    }

    // Everything an answer says is foreign text: it is set with .text() only.
    function line(icon, text) {
      return $('<p></p>').append(
        $('<i class="fa fa-fw" aria-hidden="true"></i>').addClass(icon),
        $('<span></span>').text(text),
      );
    }

    function draw({ heard, now, rules: judged }, rules) {
      if (!heard) return say('fa-info-circle', words('trial.empty'));
      const found = new Map((Array.isArray(now) ? now : []).map((one) => [one.ruleId, one]));
      place.empty();
      let silent = 0;
      for (const [index, rule] of rules.entries()) {
        const { fires = [], unknown = [] } = found.get(rule.id) || {};
        if (fires.length + unknown.length === 0) silent += 1;
        else
          place.append(
            section({ fires, sentence: judged[index]?.sentence || rule.name || rule.metric, unknown }),
          );
      }
      const key = silent === rules.length ? 'trial.allSilent' : 'trial.silent';
      if (silent > 0) place.append(line('fa-check', words(key, { number: silent })));
    }

    function section({ fires, sentence, unknown }) {
      return $('<section class="alert-found"></section>').append(
        $('<h5></h5>').text(sentence),
        fires.map(({ line: text }) => line('fa-bell', words('trial.fires', { line: text }))),
        unknown.map(({ line: text }) => line('fa-question-circle', words('trial.unknown', { line: text }))),
      );
    }

    async function send(rule, where) {
      say('fa-spinner fa-spin', words('trial.sending'), where);
      const { answer, failure } = await requests.post('send-test', { rule }).outcome;
      if (failure) say('fa-times-circle', failure, where);
      else say('fa-paper-plane-o', String(answer.message), where);
    }

    return {
      later,
      soon,
      show: () => {
        isShown = true;
        soon();
      },
      sendTest: (rule, where) => {
        if (where === place) isShown = false;
        send(rule, where).catch((error) => say('fa-times-circle', String(error), where));
      },
      close: () => clearTimeout(timer),
    };
  }

  RED.brokerage = { ...RED.brokerage, alertTrial };
})();
