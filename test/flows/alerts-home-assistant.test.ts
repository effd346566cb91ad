import assert from 'node:assert/strict';
import { z } from 'zod';
import { alertByHand } from '../support/alert-by-hand.js';
import { eventually } from '../support/clocks.js';
import { CASH, RICH, runExample, type RunningExample } from '../support/example-flow.js';
import { marked } from '../support/leak-watch.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';
import { json, startScriptedHttp, type ScriptedHttp } from '../support/scripted-http.js';

const Notification = z.strictObject({
  title: z.string(),
  message: z.string(),
  data: z.looseObject({ tag: z.string(), group: z.literal('brokerage') }),
});
const TOKEN = marked('Home Assistant token', 'eyJhbGciOiJIUzI1NiJ9.invented-for-this-test');

describe('the example of alerts through Home Assistant', () => {
  let homeAssistant: ScriptedHttp;
  let running: RunningExample | null = null;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    homeAssistant = await startScriptedHttp();
    homeAssistant.answer((_request, response) => json(response, []));
    process.env['HOME_ASSISTANT_TOKEN'] = TOKEN;
  });
  afterEach(async () => {
    delete process.env['HOME_ASSISTANT_TOKEN'];
    await running?.close();
    running = null;
    await homeAssistant.close();
  });

  const start = async (rules: readonly object[]) =>
    (running = await runExample({
      file: 'alerts-home-assistant.json',
      rules,
      env: {
        HOME_ASSISTANT_URL: homeAssistant.url,
        HOME_ASSISTANT_NOTIFY: 'mobile_app_pixel',
        RETRY_SECONDS: '0.005',
      },
    }));
  const notified = () => homeAssistant.requests.map(({ body }) => Notification.parse(JSON.parse(body)));

  it('calls the notify action of the phone with the token from the environment; only what is critical may ring', async () => {
    await start([RICH, CASH]);
    await eventually(() => homeAssistant.requests.length > 1);
    for (const { headers, method, path } of homeAssistant.requests)
      assert.deepEqual(
        [method, path, headers.authorization],
        ['POST', '/api/services/notify/mobile_app_pixel', `Bearer ${TOKEN}`],
      );
    const [critical, warning] = notified();
    assert.match(critical?.title ?? '', /^Critical: Rich/);
    assert.match(critical?.message ?? '', /net liquidation/i);
    const { tag, ...loud } = critical?.data ?? { tag: '' };
    assert.match(tag, /^brokerage-[0-9a-f]{16}$/);
    assert.deepEqual(loud, {
      group: 'brokerage',
      push: { sound: { name: 'default', critical: 1, volume: 1 } },
      ttl: 0,
      priority: 'high',
      channel: 'alarm_stream',
    });
    assert.deepEqual(Object.keys(warning?.data ?? {}), ['tag', 'group']);
  });

  it('lets the end of an alert replace its beginning without a sound', async () => {
    const { node } = await start([]);
    for (const state of ['firing', 'resolved'])
      node('outbox').receive(alertByHand({ alert: { id: '00000000000000aa', state, severity: 'critical' } }));
    await eventually(() => homeAssistant.requests.length > 1);
    const [beginning, end] = notified();
    assert.equal(end?.data.tag, beginning?.data.tag);
    assert.ok(beginning?.data['push'] !== undefined);
    assert.deepEqual(Object.keys(end?.data ?? {}), ['tag', 'group']);
  });

  it('tries again when Home Assistant refuses, and then says what became of the alert', async () => {
    homeAssistant.answer((_request, response) => json(response, { message: 'no such action' }, 400));
    const { heard, node } = await start([]);
    const lost = heard('lost');
    node('outbox').receive(alertByHand());
    await eventually(() => lost.length > 0);
    assert.equal(homeAssistant.requests.length, 5);
    assert.match(JSON.stringify(lost), /it answered 400/);
  });
});
