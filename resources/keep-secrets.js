// The row "Keep secrets in" of the connections' dialogs, loaded by each of them. Secrets go from here to Node-RED and
// never come back: what is set is told by name.
(function () {
  if (RED.brokerage?.keepSecrets) return;

  const UNCHANGED = '__PWRD__';
  const PLACEHOLDER = /^\$\{[^}]+\}$/;
  /** The runtime gives up sooner: it waits half a minute for somebody at the keychain's own window. */
  const TIMEOUT_MS = 100000;
  const STYLE = `
    .brokerage-keep { margin: 6px 0 0; padding: 8px 10px; overflow-wrap: anywhere;
      border: 1px solid var(--red-ui-secondary-border-color); border-left-width: 4px; border-radius: 2px;
      background: var(--red-ui-secondary-background); color: var(--red-ui-primary-text-color); }
    .brokerage-keep:empty { display: none; }
    .brokerage-keep p { margin: 0 0 4px; }
    .brokerage-keep p:last-child { margin-bottom: 0; }
    .brokerage-keep .fa { margin-right: 6px; }
    .brokerage-keep .red-ui-button { margin-top: 4px; }
    .brokerage-keep .red-ui-button > * { pointer-events: none; }
    .brokerage-keep-good { border-left-color: var(--red-ui-border-color-success, var(--red-ui-text-color-success)); }
    .brokerage-keep-warn { border-left-color: var(--red-ui-border-color-warning, var(--red-ui-text-color-warning)); }
    .brokerage-keep-bad { border-left-color: var(--red-ui-border-color-error, var(--red-ui-text-color-error)); }`;

  // Everything an answer says is foreign text: it is set with .text() only.
  function line(parent, icon, text) {
    return $('<p></p>')
      .append($('<i class="fa" aria-hidden="true"></i>').addClass(icon), $('<span></span>').text(text))
      .appendTo(parent);
  }

  /**
   * Fills the element with the row, and looks after the password fields of these names.
   *
   * @param words the dialog's own catalogue
   * @returns store() the user's choice; onStore(listener); save() for oneditsave; close() for the other ends
   */
  function keepSecrets({ broker, element, names, node, words }) {
    if ($('#brokerage-keep-style').length === 0)
      $('<style id="brokerage-keep-style"></style>').text(STYLE).appendTo('head');
    const field = (name) => $('#node-config-input-' + name);
    const path = 'brokerage/' + broker + '/' + encodeURIComponent(node.id) + '/secrets';
    const select = $('<select id="node-config-input-secretStore"></select>').attr(
      'aria-describedby',
      'brokerage-keep-said',
    );
    const said = $(
      '<div id="brokerage-keep-said" class="brokerage-keep" role="status" aria-live="polite"></div>',
    );
    const listeners = [];
    const requests = new Set();
    let isClosed = false;
    let isSet = {};
    let chosen = node.secretStore || 'node-red';

    const post = (url, body) =>
      ask({ url, type: 'POST', contentType: 'application/json', data: JSON.stringify(body) });
    const ask = (options) => {
      const request = $.ajax({ timeout: TIMEOUT_MS, ...options });
      requests.add(request);
      return new Promise((resolve) => {
        request
          .then(
            (answer) => resolve({ answer }),
            (xhr, reason) => resolve({ failure: failureOf(xhr, reason) }),
          )
          .always(() => requests.delete(request));
      });
    };

    function failureOf(xhr, reason) {
      const message = xhr.responseJSON && xhr.responseJSON.error && xhr.responseJSON.error.message;
      const key = {
        0: reason === 'timeout' ? 'late' : 'unreachable',
        401: 'forbidden',
        404: 'missing',
        429: 'tooMany',
      }[xhr.status];
      return message ? String(message) : words('secrets.' + (key || 'status'), { status: xhr.status });
    }

    function say(colour, ...lines) {
      said.empty().attr('class', 'brokerage-keep' + (colour ? ' brokerage-keep-' + colour : ''));
      for (const [icon, text] of lines) line(said, icon, text);
    }

    function offerRetry(again) {
      $('<button type="button" class="red-ui-button" id="brokerage-keep-retry"></button>')
        .append($('<span></span>').text(words('secrets.retry')))
        .on('click', again)
        .appendTo(said);
    }

    /** Whatever goes wrong is said. */
    function run(work) {
      work().catch((error) => say('bad', ['fa-times-circle', String(error)]));
    }

    /** Says under each field where what is entered goes, and whether something is there. */
    function drawFields() {
      for (const name of names) {
        const hint = $('#' + broker + '-' + name + '-hint').removeAttr('data-i18n');
        const inKeychain = chosen === 'keychain';
        const key = inKeychain ? (isSet[name] ? 'isSet' : 'notSet') : 'inNodeRed';
        hint.text(
          words('secrets.hint.' + key) + (words('secrets.about.' + name, { defaultValue: '' }) || ''),
        );
        field(name).attr('placeholder', inKeychain && isSet[name] ? '••••••••' : '');
      }
    }

    /** Whether the keychain works, in words; resolves to whether it does. */
    async function probe(again) {
      say('', ['fa-spinner fa-spin', words('secrets.probing')]);
      const { answer, failure } = await post('brokerage/secrets/' + encodeURIComponent(node.id) + '/probe', {
        store: 'keychain',
      });
      if (isClosed) return false;
      if (answer && answer.state === 'available') {
        say('good', ['fa-check-circle', String(answer.message)]);
        return true;
      }
      const isLocked = answer && answer.state === 'locked';
      say(isLocked ? 'warn' : 'bad', [
        isLocked ? 'fa-lock' : 'fa-times-circle',
        failure || String(answer.message),
      ]);
      offerRetry(again);
      return false;
    }

    function settle(store) {
      chosen = store;
      select.val(store).prop('disabled', false);
      drawFields();
      for (const listener of listeners) listener(store);
    }

    function took(answer) {
      isSet = answer.isSet || {};
    }

    /** Copies what Node-RED has into the keychain; the copy in Node-RED goes with the deploy. */
    async function toKeychain() {
      select.prop('disabled', true).val('keychain');
      if (!(await probe(() => run(toKeychain)))) {
        if (isClosed) return;
        line(said, 'fa-info-circle', words('secrets.nothingMoved')).insertBefore(said.find('button'));
        return settle('node-red');
      }
      const { answer, failure } = await post(path + '/move', { store: 'keychain' });
      if (isClosed) return;
      if (failure) {
        say('bad', ['fa-times-circle', failure], ['fa-info-circle', words('secrets.nothingMoved')]);
        return settle('node-red');
      }
      took(answer);
      for (const name of answer.moved) if (field(name).val() === UNCHANGED) field(name).val('');
      if (answer.moved.length > 0) say('good', ['fa-check-circle', String(answer.message)]);
      settle('keychain');
    }

    /** Copies what the keychain has into Node-RED. Where it cannot be read, the secrets can be entered again. */
    async function toNodeRed() {
      select.prop('disabled', true);
      say('', ['fa-spinner fa-spin', words('secrets.moving')]);
      const { answer, failure } = await post(path + '/move', { store: 'node-red' });
      if (isClosed) return;
      if (failure) say('warn', ['fa-warning', failure], ['fa-info-circle', words('secrets.enterAgain')]);
      else {
        took(answer);
        say('good', ['fa-check-circle', String(answer.message)]);
        // What is in Node-RED now is not to be wiped by an empty field.
        for (const name of answer.moved) if (field(name).val() === '') field(name).val(UNCHANGED);
      }
      settle('node-red');
    }

    async function look() {
      const { answer } = await ask({ url: path, type: 'GET' });
      if (isClosed || !answer) return;
      took(answer);
      drawFields();
    }

    for (const store of ['node-red', 'keychain'])
      select.append(
        $('<option></option>')
          .val(store)
          .text(words('secrets.store.' + store)),
      );
    // A select cannot show a placeholder, so an imported one becomes an option of its own.
    if (PLACEHOLDER.test(chosen)) select.append($('<option></option>').val(chosen).text(chosen));
    select.val(chosen).on('change', () => {
      const next = select.val();
      if (next === chosen) return;
      if (next === 'keychain') run(toKeychain);
      else if (next === 'node-red' && chosen === 'keychain') run(toNodeRed);
      else settle(next);
    });
    element.append(select, said);
    drawFields();
    const open = async () => {
      if (await probe(() => run(open))) await look();
    };
    if (chosen === 'keychain') {
      run(look);
      run(open);
    }

    return {
      store: () => chosen,
      onStore: (listener) => listeners.push(listener),
      /** What was entered goes to the keychain, and not into the flow. */
      save: () => {
        isClosed = true;
        select.val(chosen);
        if (chosen !== 'keychain') return;
        const entered = {};
        for (const name of names) {
          const text = field(name).val().trim();
          if (text !== '' && text !== UNCHANGED) entered[name] = text;
          if (text !== UNCHANGED) field(name).val('');
        }
        if (Object.keys(entered).length === 0) return;
        run(async () => {
          const { answer, failure } = await post(path, entered);
          const text = failure ? words('secrets.notKept') + ' ' + failure : String(answer.message);
          const [type, timeout] = failure ? ['error', 20000] : ['success', 4000];
          RED.notify($('<p></p>').text(text), { type, timeout });
        });
      },
      close: () => {
        isClosed = true;
        for (const request of requests) request.abort();
      },
    };
  }

  RED.brokerage = { ...RED.brokerage, keepSecrets };
})();
