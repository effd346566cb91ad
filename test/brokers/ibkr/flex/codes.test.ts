import assert from 'node:assert/strict';
import {
  BrokerageError,
  ConfigError,
  ConnectionLost,
  ProtocolError,
  RateLimited,
} from '../../../../src/errors.js';
import { everyWordOf } from '../../../support/error-words.js';
import { flexStage, type FlexStage } from '../../../support/flex-stage.js';

/** A code, what follows from it, and a word of what the user is told. */
const DECISIONS = [
  [1001, ConnectionLost, /cannot make the statement/],
  [1002, ConnectionLost, /unknown code 1002/],
  [1003, ConfigError, /Last Business Day/],
  [1004, ConnectionLost, /not complete/],
  [1005, ConnectionLost, /settlement/],
  [1006, ConnectionLost, /FIFO/],
  [1007, ConnectionLost, /mark-to-market/],
  [1008, ConnectionLost, /profit and loss/],
  [1009, ConnectionLost, /heavy load/],
  [1010, ConfigError, /Activity Flex Query/],
  [1011, ConfigError, /Activate it/],
  [1012, ConfigError, /expired.*Make a new one/],
  [1013, ConfigError, /IP address/],
  [1014, ConfigError, /id of the Flex query is not valid/],
  [1015, ConfigError, /token is not valid/],
  [1016, ConfigError, /account of the Flex query/],
  [1017, ConfigError, /Run the query once/],
  [1018, RateLimited, /one a second and ten a minute/],
  [1019, ConnectionLost, /not finished .* within 5 minutes/],
  [1020, ConfigError, /cannot validate/],
  [1021, ConnectionLost, /cannot hand out/],
  [1022, ConnectionLost, /unknown code 1022/],
  [1023, ConnectionLost, /unknown code 1023/],
  [1024, ConnectionLost, /unknown code 1024/],
  [1025, RateLimited, /locked the token/],
] as const;

describe('the codes of the Flex Web Service', () => {
  let stage: FlexStage;
  beforeEach(async () => void (stage = await flexStage()));
  afterEach(async () => await stage.flex.close());

  const failure = async (): Promise<BrokerageError> => {
    try {
      const session = await stage.clock.drive(stage.broker.open(stage.ear, stage.signal));
      await session.close();
    } catch (error) {
      assert.ok(error instanceof BrokerageError, String(error));
      return error;
    }
    throw new Error('It opened.');
  };

  for (const [code, decision, words] of DECISIONS)
    it(`are told with what to do: ${code} is ${decision.name}`, async () => {
      stage.flex.fault(`code=${code}`);
      const error = await failure();
      assert.equal(error.constructor, decision);
      assert.equal(error.code, String(code));
      assert.equal(error.broker, 'ibkr');
      assert.match(error.message, words);
      if (error instanceof ConfigError) assert.equal(error.retrySlowly, false);
      assert.ok(!everyWordOf(error).includes(stage.flex.token), 'the token is in the error');
      assert.equal(stage.clock.pending, 0);
      assert.deepEqual(stage.ear.updates, []);
    });

  it('hold for every wait of at least a minute, and of hours where the token is locked', async () => {
    for (const [fault, code, leastMs] of [
      ['code=1018', '1018', 60_000],
      ['http=429', '429', 60_000],
      ['code=1025', '1025', 3_600_000],
    ] as const) {
      stage.flex.clearFaults();
      stage.flex.fault(fault);
      const error = await failure();
      assert.ok(error instanceof RateLimited && error.retryAfterMs >= leastMs, fault);
      const sent = stage.flex.requests.length;
      stage.clock.advance(error.retryAfterMs - 1_000);
      const again = await failure();
      assert.ok(again instanceof RateLimited && again.retryAfterMs <= 1_000);
      assert.equal(again.code, code);
      assert.deepEqual(again.message.match(/next request/g), ['next request']);
      assert.equal(stage.flex.requests.length, sent, 'a request went out during the pause');
      stage.clock.advance(1_000);
    }
  });

  it('1003 is asked about three times, half a minute apart', async () => {
    stage.flex.fault('code=1003*2');
    await stage.clock.drive(stage.broker.open(stage.ear, stage.signal));
    assert.deepEqual(codes(), [1003, 1003, null, null]);
    stage.flex.fault('code=1003');
    const before = stage.flex.requests.length;
    await failure();
    assert.deepEqual(codes().slice(before), [1003, 1003, 1003]);
    const times = stage.flex.requests.slice(before).map(({ at }) => at);
    assert.ok((times.at(1) ?? 0) - (times.at(0) ?? 0) >= 30_000);
  });

  it('1017 is followed by another reference, once', async () => {
    stage.flex.fault('code=1017*1');
    await stage.clock.drive(stage.broker.open(stage.ear, stage.signal));
    assert.deepEqual(questions(), ['SendRequest', 'GetStatement', 'SendRequest', 'GetStatement']);
    stage.flex.fault('code=1017');
    const before = stage.flex.requests.length;
    await failure();
    assert.deepEqual(questions().slice(before), [
      'SendRequest',
      'GetStatement',
      'SendRequest',
      'GetStatement',
    ]);
  });

  it('1019 is polled from 5 s to half a minute apart, for five minutes, and then not at once again', async () => {
    stage.flex.fault('code=1019*3');
    await stage.clock.drive(stage.broker.open(stage.ear, stage.signal));
    const gaps = stage.flex.requests.map(({ at }, index, all) => at - (all[index - 1]?.at ?? at)).slice(1);
    assert.ok(
      gaps.every((gap, index) => gap >= 5_000 && gap <= 36_000 && gap >= (gaps[index - 1] ?? 0)),
      String(gaps),
    );
    stage.flex.fault('code=1019');
    const from = stage.clock.now();
    await failure();
    assert.ok(stage.clock.now() - from <= 5 * 60_000);
    assert.ok(stage.clock.now() - from >= 4 * 60_000);
    assert.ok((await failure()) instanceof RateLimited);
  });

  for (const [fault, decision, words] of [
    ['http=500', ConnectionLost, /\(500\)/],
    ['http=503', ConnectionLost, /\(503\)/],
    ['http=429', RateLimited, /\(429\)/],
    ['csv', ConfigError, /choose the format XML/],
    ['doctype', ProtocolError, /document type/],
    ['truncated', ProtocolError, /damaged or was cut/],
    ['redirect', ProtocolError, /not followed/],
    [
      'redirect=http://127.0.0.1:1/AccountManagement/FlexWebService/SendRequest',
      ProtocolError,
      /not followed/,
    ],
    ['outage-page', ConnectionLost, /a page instead of data/],
    ['echo', ConnectionLost, /Retrying/],
    ['echo=1002', ConnectionLost, /unknown code/],
  ] as const)
    it(`and what has no code: ${fault} is ${decision.name}`, async () => {
      stage.flex.fault(fault);
      const error = await failure();
      assert.equal(error.constructor, decision);
      assert.match(error.message, words);
      assert.ok(!everyWordOf(error).includes(stage.flex.token), 'the token is in the error');
      assert.equal(stage.clock.pending, 0);
    });

  it('and an answer that never comes is given up after half a minute', async () => {
    stage.flex.fault('slow');
    const opening = failure();
    while (stage.flex.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    stage.clock.advance(30_000);
    assert.match((await opening).message, /within 30 s/);
    assert.equal(stage.clock.pending, 0);
  });

  it('and nobody there is a lost connection', async () => {
    await stage.flex.close();
    const error = await failure();
    assert.ok(error instanceof ConnectionLost);
    assert.match(error.message, /not reachable/);
    assert.ok(!everyWordOf(error).includes(stage.flex.token));
  });

  const codes = (): readonly (number | null)[] => stage.flex.requests.map(({ code }) => code);
  const questions = (): readonly string[] =>
    stage.flex.requests.map(({ path }) => /Service\/(\w+)/.exec(path)?.[1] ?? path);
});
