// The tab "Diagnostics" of the connections' dialogs, loaded by each of them: how the connection is, how it came to be
// so, and a report to pass on. All of it is what one admin route tells, which tells no secret and no figure.
(function () {
  if (RED.brokerage?.diagnostics) return;

  const EVERY_MS = 5000;
  const TIMEOUT_MS = 10000;
  const GOOD = ['live'];
  const BAD = ['stale', 'down', 'misconfigured', 'login-required'];
  const STYLE = `
    #brokerage-tabs { margin-bottom: 14px; }
    .brokerage-diagnostics { width: 0; min-width: 100%; color: var(--red-ui-primary-text-color); overflow-wrap: anywhere; }
    .brokerage-diagnostics .brokerage-bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 10px; }
    .brokerage-diagnostics .brokerage-bar small { color: var(--red-ui-secondary-text-color); }
    .brokerage-diagnostics button > * { pointer-events: none; }
    .brokerage-way { margin: 0 0 14px; padding: 10px 12px; border: 1px solid var(--red-ui-secondary-border-color);
      border-left-width: 4px; border-radius: 2px; background: var(--red-ui-secondary-background); }
    .brokerage-way-good { border-left-color: var(--red-ui-border-color-success, var(--red-ui-text-color-success)); }
    .brokerage-way-warn { border-left-color: var(--red-ui-border-color-warning, var(--red-ui-text-color-warning)); }
    .brokerage-way-bad { border-left-color: var(--red-ui-border-color-error, var(--red-ui-text-color-error)); }
    .brokerage-way h4 { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; margin: 0 0 6px;
      font-size: 1em; font-weight: bold; }
    .brokerage-way h4 small { font-weight: normal; color: var(--red-ui-secondary-text-color); }
    .brokerage-way p { margin: 0 0 6px; }
    .brokerage-way dl { display: grid; grid-template-columns: minmax(7em, max-content) 1fr; gap: 2px 12px; margin: 0 0 8px; }
    .brokerage-way dt { font-weight: normal; color: var(--red-ui-secondary-text-color); }
    .brokerage-way dd { margin: 0; }
    .brokerage-way h5 { margin: 10px 0 4px; font-size: 1em; font-weight: bold; }
    .brokerage-scroll { max-height: 190px; overflow: auto; }
    .brokerage-way table { width: 100%; border-collapse: collapse; }
    .brokerage-way th, .brokerage-way td { padding: 2px 10px 2px 0; text-align: left; vertical-align: top; font-weight: normal;
      border-bottom: 1px solid var(--red-ui-secondary-border-color); }
    .brokerage-way thead th { color: var(--red-ui-secondary-text-color); white-space: nowrap; }
    .brokerage-way td.brokerage-when { white-space: nowrap; }
    .brokerage-figures { font-size: 0.9em; }
    .brokerage-figures td { overflow-wrap: normal; }
    .brokerage-said { padding: 8px 10px; border: 1px solid var(--red-ui-secondary-border-color); border-left-width: 4px;
      border-radius: 2px; background: var(--red-ui-secondary-background); }
    .brokerage-said:empty { display: none; }`;

  /**
   * Puts a second tab beside the form.
   *
   * @param form the form of the dialog
   * @param words the dialog's own catalogue
   * @returns close() for every end of the dialog
   */
  function diagnostics({ form, node, words: of }) {
    const words = (key, values) => of('diagnostics.' + key, values);
    if ($('#brokerage-diagnostics-style').length === 0)
      $('<style id="brokerage-diagnostics-style"></style>').text(STYLE).appendTo('head');
    const said = $('<div class="brokerage-said" role="status" aria-live="polite"></div>');
    const body = $('<div></div>');
    const time = $('<small></small>');
    const panel = $('<div id="brokerage-diagnostics" class="brokerage-diagnostics"></div>').hide();
    let shown = null;
    let request = null;
    let timer = null;

    const again = button('fa-refresh', words('refresh')).on('click', () => look());
    const copy = button('fa-clipboard', words('copy')).on('click', () =>
      RED.clipboard.copyText(JSON.stringify(shown, null, 2), copy, words('copied')),
    );
    panel.append($('<div class="brokerage-bar"></div>').append(again, copy, time), said, body);
    form
      .attr('id', form.attr('id') || 'brokerage-form')
      .before($('<ul id="brokerage-tabs"></ul>'))
      .after(panel);
    const tabs = RED.tabs.create({
      id: 'brokerage-tabs',
      onchange: ({ id }) => {
        form.toggle(id === 'brokerage-tab-form');
        panel.toggle(id === 'brokerage-tab-diagnostics');
        stop();
        if (id === 'brokerage-tab-diagnostics') look();
      },
    });
    tabs.addTab({ id: 'brokerage-tab-form', label: words('connection') });
    tabs.addTab({ id: 'brokerage-tab-diagnostics', label: words('title') });
    copy.prop('disabled', true);

    function stop() {
      clearTimeout(timer);
      timer = null;
      const running = request;
      request = null;
      if (running) running.abort();
    }

    function look() {
      stop();
      if (shown === null) say(words('loading'));
      const mine = $.ajax({
        url: 'brokerage/' + encodeURIComponent(node.id) + '/diagnostics',
        dataType: 'json',
        timeout: TIMEOUT_MS,
      });
      request = mine;
      mine.then(
        (answer) => finish(mine, () => show(answer)),
        (xhr) => finish(mine, () => fail(xhr)),
      );
    }

    function finish(mine, tell) {
      if (request !== mine) return;
      request = null;
      tell();
      timer = setTimeout(look, EVERY_MS);
    }

    function say(text) {
      said.text(text);
    }

    // What is shown stays, with its time.
    function fail(xhr) {
      const answer = xhr.responseJSON && xhr.responseJSON.error && xhr.responseJSON.error.message;
      const key = { 0: 'unreachable', 401: 'forbidden', 404: 'missing' }[xhr.status] || 'failed';
      say(answer || words(key, { status: xhr.status }));
    }

    function show(answer) {
      shown = answer;
      copy.prop('disabled', false);
      time.text(words('at', { time: moment(answer.at) }));
      say(answer.message || '');
      const places = body
        .find('.brokerage-scroll')
        .toArray()
        .map((box) => box.scrollTop);
      body.empty().append(answer.ways.map(wayIn));
      for (const [index, box] of body.find('.brokerage-scroll').toArray().entries())
        box.scrollTop = places[index] || 0;
    }

    function wayIn(way) {
      const looks = GOOD.includes(way.state) ? 'good' : BAD.includes(way.state) ? 'bad' : 'warn';
      const section = $('<section class="brokerage-way"></section>').addClass('brokerage-way-' + looks);
      section.append(
        $('<h4></h4>').append(
          $('<span></span>').text(way.address),
          $('<span></span>').text(words('state.' + way.state)),
          $('<small></small>').text(words('via.' + way.via) + (way.inUse ? ' · ' + words('inUse') : '')),
        ),
      );
      if (way.message) section.append($('<p></p>').text(way.message));
      const { counters, lastError, requests } = way;
      section.append(
        facts([
          ['since', moment(way.since)],
          ['nextAttempt', moment(way.nextAttemptAt)],
          ['loginExpires', moment(way.loginExpiresAt)],
          ['lastError', lastError && moment(lastError.at) + ' · ' + lastError.message],
          ['sessions', words('sessionsOf', counters)],
          ['looks', words('looksOf', counters)],
          ['images', words('imagesOf', counters)],
          ['requests', requests && words('requestsOf', requests)],
          ['breaker', requests && requests.breaker !== 'closed' && breakerIn(requests)],
        ]),
      );
      if (way.accounts.length > 0) section.append(heading('accounts'), table(accountsIn(way)));
      const issues = issuesIn(way);
      if (issues.length > 0) section.append(heading('issues'), table({ head: [], rows: issues }));
      if (way.history.length > 0) section.append(heading('history'), table(historyIn(way)));
      return section;
    }

    function breakerIn({ breaker, nextTrialAt }) {
      return words('breakerState.' + breaker) + (nextTrialAt ? ' · ' + moment(nextTrialAt) : '');
    }

    function facts(pairs) {
      const list = $('<dl></dl>');
      for (const [key, text] of pairs)
        if (text) list.append($('<dt></dt>').text(words('fact.' + key)), $('<dd></dd>').text(text));
      return list;
    }

    function heading(key) {
      return $('<h5></h5>').text(words('head.' + key));
    }

    function accountsIn({ accounts }) {
      const kinds = ['balances', 'positions', 'orders', 'executions'];
      const cell = (part) => (part === null ? '–' : partIn(part));
      return {
        // A time that is torn is none.
        looks: 'brokerage-figures',
        head: [words('account'), ...kinds.map((kind) => words('kind.' + kind))],
        rows: accounts.map((account) => [
          account.name + (account.present ? '' : ' (' + words('gone') + ')'),
          ...kinds.map((kind) => cell(account[kind])),
        ]),
      };
    }

    function partIn({ completeAt, rows }) {
      return (rows === null ? '' : rows + ' · ') + moment(completeAt);
    }

    function issuesIn({ accounts }) {
      return accounts.flatMap(({ issues, name }) =>
        issues.map(({ code, message }) => [name, code + ': ' + message]),
      );
    }

    function historyIn({ history }) {
      return {
        head: [words('time'), words('change'), words('reason')],
        rows: history.map(({ at, message, state }) => [moment(at), words('state.' + state), message || '']),
      };
    }

    // Everything an answer says is foreign text: it is set with .text() only.
    function table({ head, looks = '', rows }) {
      const line = (cells, tag) =>
        $('<tr></tr>').append(
          cells.map((text, index) =>
            $('<' + tag + '></' + tag + '>')
              .toggleClass('brokerage-when', index === 0)
              .text(text),
          ),
        );
      const element = $('<table></table>').addClass(looks);
      if (head.length > 0) element.append($('<thead></thead>').append(line(head, 'th')));
      element.append($('<tbody></tbody>').append(rows.map((row) => line(row, 'td'))));
      return $('<div class="brokerage-scroll" role="region" tabindex="0"></div>')
        .attr('aria-label', words('title'))
        .append(element);
    }

    return { close: stop };
  }

  function button(icon, text) {
    return $('<button type="button" class="red-ui-button red-ui-button-small"></button>').append(
      $('<i class="fa" aria-hidden="true"></i>').addClass(icon),
      $('<span></span>').text(' ' + text),
    );
  }

  /** Today's times as a clock shows them, others with their day, as the browser's user writes it. */
  function moment(iso) {
    if (!iso) return '';
    const time = new Date(iso);
    const isToday = time.toDateString() === new Date().toDateString();
    return isToday ? time.toLocaleTimeString() : time.toLocaleString();
  }

  RED.brokerage = { ...RED.brokerage, diagnostics };
})();
