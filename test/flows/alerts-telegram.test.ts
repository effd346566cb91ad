import assert from 'node:assert/strict';
import { z } from 'zod';
import { alertByHand } from '../support/alert-by-hand.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';
import { json, startScriptedHttp, type ScriptedHttp } from '../support/scripted-http.js';

const Sent = z.strictObject({
  chat_id: z.literal('4711'),
  text: z.string().max(4_096),
  disable_notification: z.boolean(),
  link_preview_options: z.strictObject({ is_disabled: z.literal(true) }),
});
/** The leak watch does not know it: the http request node repeats the address in its own message. */
const TOKEN = '110201543:invented-for-this-test';

describe('the example of alerts to Telegram', () => {
  let telegram: ScriptedHttp;
  let running: RunningExample | null = null;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    telegram = await startScriptedHttp();
    telegram.answer((_request, response) => json(response, { ok: true, result: {} }));
    process.env['TELEGRAM_BOT_TOKEN'] = TOKEN;
  });
  afterEach(async () => {
    delete process.env['TELEGRAM_BOT_TOKEN'];
    await running?.close();
    running = null;
    await telegram.close();
  });

  const start = async (rules?: readonly object[]) =>
    (running = await runExample({
      file: 'alerts-telegram.json',
      ...(rules === undefined ? {} : { rules }),
      env: { TELEGRAM_API: telegram.url, TELEGRAM_CHAT_ID: '4711', RETRY_SECONDS: '0.005' },
    }));
  const sent = () => telegram.requests.map(({ body }) => Sent.parse(JSON.parse(body)));

  it('sends an alert as plain text to the chat, with the token from the environment', async () => {
    await start();
    await eventually(() => telegram.requests.length > 0);
    const [request] = telegram.requests;
    assert.deepEqual([request?.method, request?.path], ['POST', `/bot${TOKEN}/sendMessage`]);
    assert.match(sent()[0]?.text ?? '', /^Critical: Rich.*\n\n.*net liquidation/is);
    assert.equal(sent()[0]?.disable_notification, false);
  });

  it('cuts a text at the 4,096 characters that Telegram takes', async () => {
    const { node } = await start([]);
    node('outbox').receive(alertByHand({ payload: '😀'.repeat(4_000), priority: 'low' }));
    await eventually(() => telegram.requests.length > 0);
    const [first] = sent();
    assert.match(first?.text ?? '', /^Warning: by hand\n\n(😀)+…$/u);
    assert.ok((first?.text.length ?? 0) > 4_090);
    assert.equal(first?.disable_notification, true);
  });

  it('waits as long as Telegram says, and then sends the same alert', async () => {
    const times: number[] = [];
    telegram.answer((_request, response, index) => {
      times.push(performance.now());
      if (index > 0) json(response, { ok: true });
      else json(response, { ok: false, error_code: 429, parameters: { retry_after: 0.5 } }, 429);
    });
    const { node } = await start([]);
    node('outbox').receive(alertByHand());
    const [first = 0, second = 0] = await eventually(() => times.length > 1 && times);
    assert.ok(second - first > 450, `it came back after ${second - first} ms`);
    assert.equal(sent()[0]?.text, sent()[1]?.text);
  });

  it('says why an alert could not be delivered, without the token', async () => {
    telegram.answer((_request, response) => response.destroy());
    const { heard, node } = await start([]);
    const lost = heard('lost');
    node('outbox').receive(alertByHand());
    await eventually(() => lost.length > 0);
    assert.match(JSON.stringify(lost), /5 tries in a row have failed/);
    assert.doesNotMatch(JSON.stringify(lost), /invented/);
  });
});
