import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { z } from 'zod';
import { alertByHand } from '../support/alert-by-hand.js';
import { eventually } from '../support/clocks.js';
import { CASH, RICH, runExample, type RunningExample } from '../support/example-flow.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';
import { json, startScriptedHttp, type ScriptedHttp } from '../support/scripted-http.js';

const Published = z.strictObject({
  topic: z.string(),
  title: z.string(),
  message: z.string(),
  priority: z.number().int(),
  tags: z.array(z.string()),
});

describe('the example of alerts through ntfy', () => {
  let ntfy: ScriptedHttp;
  let running: RunningExample | null = null;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    ntfy = await startScriptedHttp();
    ntfy.answer((_request, response) => json(response, { id: 'x', event: 'message' }));
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    await ntfy.close();
  });

  const start = async (env: Record<string, string> = {}, rules: readonly object[] = [RICH]) =>
    (running = await runExample({
      file: 'alerts-ntfy.json',
      rules,
      env: { NTFY_URL: ntfy.url, NTFY_TOPIC: 'my-alerts', RETRY_SECONDS: '0.005', ...env },
    }));
  const published = () => ntfy.requests.map(({ body }) => Published.parse(JSON.parse(body)));

  it('publishes each alert as JSON to the topic that was entered, once, and without a token where there is none', async () => {
    await start({}, [RICH, CASH]);
    await eventually(() => ntfy.requests.length > 1);
    const [request] = ntfy.requests;
    assert.deepEqual([request?.method, request?.path], ['POST', '/']);
    assert.equal(request?.headers.authorization, undefined);
    const [first, second, ...others] = published();
    assert.deepEqual([first?.topic, first?.priority, first?.tags], ['my-alerts', 5, ['rotating_light']]);
    assert.match(first?.title ?? '', /^Critical: Rich/);
    assert.match(first?.message ?? '', /net liquidation/i);
    assert.deepEqual([second?.priority, second?.tags], [3, ['warning']]);
    assert.deepEqual(others, []);
  });

  it('sends the token of a protected topic', async () => {
    await start({ NTFY_AUTHORIZATION: 'Bearer tk_invented' });
    await eventually(() => ntfy.requests.length > 0);
    assert.equal(ntfy.requests[0]?.headers.authorization, 'Bearer tk_invented');
  });

  it('cuts a text that ntfy would make an attachment of, and no character in two', async () => {
    const { node } = await start({}, []);
    node('outbox').receive(alertByHand({ payload: '😀'.repeat(2_000) }));
    await eventually(() => ntfy.requests.length > 0);
    const message = published()[0]?.message ?? '';
    assert.ok(Buffer.byteLength(message) <= 4_000);
    assert.match(message, /^(😀)+…$/u);
  });

  describe('when ntfy does not take an alert', () => {
    it('tries again until it does, and keeps the order', async () => {
      ntfy.answer((_request, response, index) => {
        if (index === 0) response.destroy();
        else if (index < 3) json(response, { error: 'busy' }, 503);
        else json(response, { id: 'x' });
      });
      const { node } = await start({}, []);
      for (const payload of ['first', 'second']) node('outbox').receive(alertByHand({ payload }));
      await eventually(() => ntfy.requests.length > 4);
      const words = published().map(({ message }) => message);
      assert.deepEqual(words, ['first', 'first', 'first', 'first', 'second']);
    });

    it('says so after five tries, with the alert; a later one is tried once more', async () => {
      ntfy.answer((_request, response) => json(response, { error: 'unauthorized' }, 401));
      const { heard, node } = await start({}, []);
      const lost = heard('lost');
      node('outbox').receive(alertByHand());
      await eventually(() => lost.length > 0);
      assert.equal(ntfy.requests.length, 5);
      const Lost = z.object({
        topic: z.string(),
        payload: z.string(),
        alert: z.object({ ruleId: z.string() }),
      });
      const first = Lost.parse(lost[0]);
      assert.match(first.topic, /^Not delivered: Main: by hand$/);
      assert.match(
        first.payload,
        /^5 tries in a row have failed, the last one because: it answered 401\n\nBy hand\.$/,
      );
      assert.equal(first.alert.ruleId, 'by-hand');
      node('outbox').receive(alertByHand());
      await eventually(() => lost.length > 1);
      assert.equal(ntfy.requests.length, 6);
      ntfy.answer((_request, response) => json(response, { id: 'x' }));
      node('outbox').receive(alertByHand({ payload: 'well again' }));
      await eventually(() => ntfy.requests.length > 6);
      assert.equal(published().at(-1)?.message, 'well again');
      assert.equal(lost.length, 2);
    });

    it('tries again when no answer comes, and takes the late one for none', async () => {
      const late: (() => void)[] = [];
      ntfy.answer((_request, response, index) => {
        const answer = (): void => json(response, { id: 'x' });
        if (index === 0) late.push(answer);
        else answer();
      });
      const { node } = await start({ ANSWER_SECONDS: '0.1' }, []);
      node('outbox').receive(alertByHand({ payload: 'unanswered' }));
      await eventually(() => ntfy.requests.length > 1);
      late[0]?.();
      node('outbox').receive(alertByHand());
      await eventually(() => ntfy.requests.length > 2);
      assert.equal(published().at(-1)?.message, 'By hand.');
    });

    it('takes a redirection for no delivery', async () => {
      ntfy.answer(({ path }, response) =>
        path === '/' ? response.writeHead(302, { location: '/login' }).end() : json(response, {}),
      );
      const { heard, node } = await start({}, []);
      const lost = heard('lost');
      node('outbox').receive(alertByHand());
      await eventually(() => lost.length > 0);
      assert.match(JSON.stringify(lost), /it answered 302/);
      assert.deepEqual(new Set(ntfy.requests.map(({ path }) => path)), new Set(['/']));
    });

    it('leaves it alone for as long as it asks', async () => {
      const times: number[] = [];
      ntfy.answer((_request, response, index) => {
        times.push(performance.now());
        if (index === 0) response.writeHead(429, { 'retry-after': '0.5' }).end();
        else json(response, { id: 'x' });
      });
      const { node } = await start({}, []);
      node('outbox').receive(alertByHand());
      const [first = 0, second = 0] = await eventually(() => times.length > 1 && times);
      assert.ok(second - first > 450, `it came back after ${second - first} ms`);
    });
  });

  it('is not disturbed by messages of another shape', async () => {
    const { node } = await start({}, []);
    const errors: unknown[] = [];
    const outbox: EventEmitter = node('outbox');
    outbox.on('call:error', (call: unknown) => errors.push(call));
    const odd = [
      {},
      { payload: null },
      { alert: 'x', payload: 'x' },
      { alert: {}, payload: 5 },
      { delivery: {} },
    ];
    for (const message of [...odd, { delivery: { attempt: 1 }, complete: {} }, { topic: 'list', alerts: [] }])
      node('outbox').receive(message);
    node('outbox').receive(alertByHand());
    await eventually(() => ntfy.requests.length > 0);
    assert.deepEqual(
      published().map(({ message }) => message),
      ['By hand.'],
    );
    assert.deepEqual(errors, []);
  });
});
