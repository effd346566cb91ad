import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createMarket, type Market } from '../../simulators/index.js';
import { decodeAlerts, encodeAlerts } from '../../src/state/alerts.js';
import { eventually, hastyClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';
import { ErrorMessage, PositionsMessage } from '../support/messages.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { run, type Running } from '../support/session.js';

const AlertMessage = z.object({
  topic: z.string(),
  payload: z.string(),
  title: z.string(),
  priority: z.enum(['high', 'normal', 'low']),
  retain: z.literal(false),
  action: z.undefined().optional(),
  alert: z.object({
    id: z.string().regex(/^[0-9a-f]{16}$/),
    ruleId: z.string(),
    state: z.enum(['firing', 'resolved']),
    severity: z.string(),
    value: z.number().nullable(),
    account: z.object({ key: z.string(), label: z.string() }).nullable(),
    stale: z.boolean(),
  }),
});
type AlertMessage = z.infer<typeof AlertMessage>;

/** Net liquidation of every account is above this. */
const RULE = {
  id: 'rich',
  name: 'Rich',
  metric: 'netLiquidation',
  operator: '>',
  threshold: 1,
  severity: 'critical',
  cooldownSeconds: 60,
};

describe('an alert node behind account-sync', () => {
  const folder = folderForEachTest();
  let market: Market;
  let running: Running | null = null;

  before(async () => await startRuntime());
  after(async () => await stopRuntime());
  beforeEach(() => {
    market = createMarket({ seed: 7, accounts: 1 });
  });
  afterEach(async () => {
    await running?.close();
    running = null;
  });

  const alerts: unknown[] = [];
  const start = async (rules: readonly object[], more: object = {}): Promise<Running> => {
    alerts.length = 0;
    running = await run({
      market,
      clock: hastyClock(50),
      userDir: folder(),
      wiring: {
        outputs: ['alert'],
        more: [
          {
            id: 'alert',
            z: 'tab',
            type: 'account-alert',
            name: 'my alerts',
            rules,
            wires: [['heard']],
            ...more,
          },
          { id: 'heard', z: 'tab', type: 'helper', name: 'heard by' },
        ],
      },
    });
    helper.getNode('heard').on('input', (message: unknown) => alerts.push(message));
    return running;
  };
  const stop = async (): Promise<void> => {
    await running?.close();
    running = null;
  };
  const told = (): readonly AlertMessage[] => alerts.map((message) => AlertMessage.parse(message));
  const until = async (fits: (message: AlertMessage) => boolean): Promise<AlertMessage> =>
    await eventually(() => told().find(fits), { what: `an alert; it said ${JSON.stringify(alerts)}` });
  const firing = ({ alert }: AlertMessage): boolean => alert.state === 'firing';

  it('tells what a rule is about, once, in words and as data', async () => {
    await start([RULE]);
    const { alert, payload, priority, title, topic } = await until(firing);
    const [account] = market.ledger().ibkr.accounts;
    assert.deepEqual([alert.ruleId, alert.severity, priority], ['rich', 'critical', 'high']);
    assert.equal(alert.value, account?.balances.netLiquidation);
    assert.equal(alert.account?.label, `…${account?.account.slice(-4)}`);
    assert.match(topic, /net liquidation/i);
    assert.doesNotMatch(`${topic}${title}`, /[\r\n]/);
    assert.doesNotMatch(payload, /<[a-z]/i);
    assert.ok(!JSON.stringify(alerts).includes(account?.account ?? ''));
    assert.equal(told().filter(firing).length, 1);
  });

  it('tells of a position that is closed', async () => {
    await start([
      { id: 'closed', metric: 'quantity', operator: 'vanished', threshold: [], severity: 'critical' },
    ]);
    await running?.until('positions', PositionsMessage, ({ sync }) => sync.quality === 'live');
    // What comes with the first look is the beginning, and no news: the next look is a minute later.
    const looks = () => running?.gateway.requests.filter(({ fields }) => fields[0] === '6').length ?? 0;
    const before = looks();
    await eventually(() => looks() > before);
    const [account = ''] = market.accounts;
    market.closePosition(account, market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0);
    const { alert } = await until(firing);
    assert.equal(alert.ruleId, 'closed');
  });

  it('remembers over a restart what it has told, and says it no second time', async () => {
    await start([RULE]);
    const first = await until(firing);
    await stop();
    await start([RULE]);
    await running?.until('balances', z.looseObject({ sync: z.looseObject({ quality: z.literal('live') }) }));
    helper.getNode('alert').receive({ topic: 'list' });
    const listed = await eventually(() =>
      alerts
        .map(
          (message) =>
            z
              .looseObject({ alerts: z.array(z.looseObject({ id: z.string(), told: z.boolean() })) })
              .safeParse(message).data,
        )
        .find((list) => list !== undefined),
    );
    assert.deepEqual(
      listed.alerts.map(({ id, told: isTold }) => [id, isTold]),
      [[first.alert.id, true]],
    );
    assert.equal(alerts.length, 1);
    const file = await readFile(join(folder(), 'brokerage', 'alert-alert.json'), 'utf8');
    assert.ok(!file.includes(market.accounts[0] ?? ''));
  });

  it('sends again what was about to leave when Node-RED ended, with the same ids', async () => {
    await start([RULE]);
    const first = await until(firing);
    await stop();
    const path = join(folder(), 'brokerage', 'alert-alert.json');
    const kept = decodeAlerts(await readFile(path, 'utf8'));
    assert.ok(kept !== null);
    const { _msgid, ...unsent } = Object(alerts[0]);
    await writeFile(path, encodeAlerts({ ...kept, outbox: [unsent] }));
    await start([RULE]);
    const again = await until(firing);
    assert.equal(again.alert.id, first.alert.id);
  });

  it('is silent where it was told to be', async () => {
    await start([]);
    await stop();
    await start([{ ...RULE, forSeconds: 60 }]);
    helper.getNode('alert').receive({ topic: 'silence', payload: { rule: 'rich', duration: '1d' } });
    await running?.until('balances', z.looseObject({ sync: z.looseObject({ quality: z.literal('live') }) }));
    helper.getNode('alert').receive({ topic: 'list' });
    await eventually(() => alerts.length > 0);
    await eventually(() => {
      helper.getNode('alert').receive({ topic: 'list' });
      return alerts.some((message) => /Rich/.test(JSON.stringify(message)));
    });
    assert.deepEqual(
      alerts.filter((message) => AlertMessage.safeParse(message).success),
      [],
    );
  });

  it('says what it does not understand, and goes on', async () => {
    await start([RULE, { id: 'wrong', metric: 'luck', operator: '<', threshold: 1 }]);
    helper.getNode('alert').receive({ topic: 'hello', payload: 5 });
    await running?.until('errors', ErrorMessage, ({ error }) => /none of account-sync/.test(error.message));
    helper.getNode('alert').receive({ topic: 'ack' });
    await running?.until('errors', ErrorMessage, ({ error }) => /Which alert\?/.test(error.message));
    await until(firing);
  });

  describe('asked by its dialog', () => {
    const post = async (path: string, body: object) =>
      (await helper.request().post(`/brokerage/alert/alert/${path}`).send(body)).body;

    it('offers rules that are ready, each with its sentence, and all of them can be used', async () => {
      await start([]);
      const { body } = await helper.request().get('/brokerage/alert/alert/ready');
      const Ready = z.object({
        metrics: z.array(z.object({ name: z.string(), label: z.string().min(3) })).min(20),
        ready: z
          .array(
            z.object({ id: z.string(), sentence: z.string().min(10), rule: z.unknown(), on: z.boolean() }),
          )
          .min(32),
      });
      const { ready } = Ready.parse(body);
      const { rules } = z
        .object({
          rules: z.array(z.object({ sentence: z.string().nullable(), problems: z.array(z.string()) })),
        })
        .parse(await post('check', { rules: ready.map(({ rule }) => rule), quietHours: null }));
      assert.deepEqual(
        rules.flatMap(({ problems }) => problems),
        [],
      );
      assert.deepEqual(
        rules.map(({ sentence }) => sentence),
        ready.map(({ sentence }) => sentence),
      );
    });

    it('says what rules that are not saved yet would tell now, and what is wrong with them', async () => {
      await start([]);
      await running?.until(
        'balances',
        z.looseObject({ sync: z.looseObject({ quality: z.literal('live') }) }),
      );
      const wrong = { id: 'wrong', metric: 'luck', operator: '<', threshold: 1 };
      const check = async () => await post('check', { rules: [RULE, wrong], quietHours: { from: 'x' } });
      let answer = await check();
      for (let times = 0; times < 50 && !(answer.now[0]?.fires.length > 0); times += 1)
        answer = await check();
      const { now, quietHours, rules } = answer;
      assert.match(rules[0].sentence, /^Alarm when net liquidation is above/i);
      assert.match(rules[1].problems[0], /metric/);
      assert.match(quietHours, /quiet hours are not used/);
      assert.match(now[0].fires[0].line, /net liquidation/);
      assert.equal(alerts.length, 0);
    });

    it('sends a test alert on the way of all others, and only where it runs', async () => {
      await start([RULE]);
      const said = await post('send-test', { rule: 'rich' });
      assert.match(said.message, /has left the output/);
      const test = await until(({ topic }) => topic === 'Test alert');
      assert.equal(test.priority, 'high');
      const { status } = await helper
        .request()
        .post('/brokerage/alert/nobody/send-test')
        .send({ rule: null });
      assert.equal(status, 409);
    });
  });
});
