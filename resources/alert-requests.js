// What the dialog of the alert node asks Node-RED, and how it says that an answer did not come.
(function () {
  if (RED.brokerage?.alertRequests) return;

  const TIMEOUT_MS = 15000;

  /**
   * @param node the node that is edited
   * @param words the catalogue of the dialog
   * @returns get(path), post(path, body): a request with abort(), and its outcome `{answer}` or `{failure}`; close()
   */
  function alertRequests({ node, words }) {
    const running = new Set();
    const base = 'brokerage/alert/' + encodeURIComponent(node.id) + '/';
    let isClosed = false;

    function start(options) {
      const request = $.ajax({ dataType: 'json', timeout: TIMEOUT_MS, ...options });
      running.add(request);
      request.always(() => running.delete(request));
      // What was asked by a dialog that is gone, or is not wanted any more, comes to nothing.
      const outcome = new Promise((resolve) => {
        const settle = (result, reason) => !isClosed && reason !== 'abort' && resolve(result);
        request.then(
          (answer) =>
            settle(answer && typeof answer === 'object' ? { answer } : { failure: words('answer.empty') }),
          (xhr, reason) => settle({ failure: failureOf(xhr, reason) }, reason),
        );
      });
      return { abort: () => request.abort(), outcome };
    }

    function failureOf(xhr, reason) {
      const said = xhr.responseJSON?.error?.message;
      if (said) return String(said);
      if (reason === 'parsererror') return words('answer.empty');
      const key = {
        0: reason === 'timeout' ? 'late' : 'unreachable',
        401: 'forbidden',
        403: 'forbidden',
        404: 'missing',
        429: 'tooMany',
      }[xhr.status];
      return words('answer.' + (key || 'status'), { status: xhr.status });
    }

    return {
      get: (path) => start({ url: base + path, type: 'GET' }),
      post: (path, body) =>
        start({
          url: base + path,
          type: 'POST',
          contentType: 'application/json',
          data: JSON.stringify(body),
        }),
      close: () => {
        isClosed = true;
        for (const request of running) request.abort();
      },
    };
  }

  RED.brokerage = { ...RED.brokerage, alertRequests };
})();
