import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { meaningOf } from '../../../src/brokers/schwab/stream/codes.js';
import { requestText } from '../../../src/brokers/schwab/stream/requests.js';
import { readFrame, type Frame } from '../../../src/brokers/schwab/stream/wire.js';

const LOGIN = {
  url: 'wss://streamer-api.schwab.com/ws',
  customerId: 'customer',
  correlId: 'correl',
  channel: 'N9',
  functionId: 'APIAPP',
  accessToken: 'I0.token',
};
const data = (...content: unknown[]): string =>
  JSON.stringify({ data: [{ service: 'ACCT_ACTIVITY', timestamp: 1, command: 'SUBS', content }] });
const payload = (more: object = {}): string => JSON.stringify({ SchwabOrderID: '100', ...more });
const activities = (text: string): Frame['activities'] => readFrame(text).activities;

describe('requests to the streamer', () => {
  it('are those of the guide', () => {
    const envelope = { SchwabClientCustomerId: 'customer', SchwabClientCorrelId: 'correl' };
    assert.deepEqual(JSON.parse(requestText('LOGIN', '1', LOGIN)), {
      requests: [
        {
          requestid: '1',
          service: 'ADMIN',
          command: 'LOGIN',
          ...envelope,
          parameters: {
            Authorization: 'I0.token',
            SchwabClientChannel: 'N9',
            SchwabClientFunctionId: 'APIAPP',
          },
        },
      ],
    });
    assert.deepEqual(JSON.parse(requestText('SUBS', '2', LOGIN)), {
      requests: [
        {
          requestid: '2',
          service: 'ACCT_ACTIVITY',
          command: 'SUBS',
          ...envelope,
          parameters: { keys: 'Account Activity', fields: '0,1,2,3' },
        },
      ],
    });
    assert.deepEqual(JSON.parse(requestText('LOGOUT', '3', LOGIN)), {
      requests: [{ requestid: '3', service: 'ADMIN', command: 'LOGOUT', ...envelope, parameters: {} }],
    });
  });
});

describe('messages from the streamer', () => {
  it('are answers, codes that come unasked, and heartbeats', () => {
    // Source: Schwab's Streamer API guide, "LOGIN response" and "notify".
    const login = readFrame(
      '{"response":[{"service":"ADMIN","command":"LOGIN","requestid":"1","SchwabClientCorrelId":"x","timestamp":1669828276886,"content":{"code":0,"msg":"server=s0166bdv-1;status=PN"}}]}',
    );
    assert.deepEqual(
      login.answers.map(({ command, content, requestid }) => [command, requestid, content.code]),
      [['LOGIN', '1', 0]],
    );
    const unasked = readFrame(
      '{"notify":[{"service":"ADMIN","content":{"code":30,"msg":"Stop streaming"}}]}',
    );
    assert.equal(unasked.answers[0]?.content.code, 30);
    assert.deepEqual(readFrame('{"notify":[{"heartbeat":"1668715930582"}]}'), {
      answers: [],
      activities: [],
      unreadable: 0,
    });
  });

  it('say SUBSCRIBED and ERROR without anything having happened', () => {
    assert.deepEqual(
      activities(data({ '1': '', '2': 'SUBSCRIBED', '3': '' }, { '2': 'ERROR', '3': 'oh no' })),
      [{ kind: 'subscribed' }, { kind: 'error' }],
    );
  });

  it('are events by account, order, type and execution', () => {
    const body = {
      BaseEvent: { EventType: 'OrderFillCompleted', X: { ExecutionInfo: { ExecutionId: 'e1' } } },
    };
    assert.deepEqual(activities(data({ '1': '9', '2': 'OrderFillCompleted', '3': payload(body) })), [
      { kind: 'event', identity: '["9","100","OrderFillCompleted","e1"]', understood: true },
    ]);
  });

  it('are events too when the type is new or the text cannot be read, and spoil nothing beside them', () => {
    const unreadable = { kind: 'event', identity: null, understood: false };
    assert.deepEqual(
      activities(
        data(
          { '1': '9', '2': 'OrderCreated', '3': '{"SchwabOrderID":' },
          { '1': '9', '2': 'OrderCreated', '3': null },
          { '1': '9', '2': 'OrderCreated', '3': '[]' },
          { '1': '9' },
          null,
          { '1': 9, '2': 'OrderTeleported', '3': payload() },
          { '1': 9, '2': 'OrderAccepted', '3': payload() },
        ),
      ),
      [
        unreadable,
        unreadable,
        unreadable,
        unreadable,
        unreadable,
        { kind: 'event', identity: '["9","100","OrderTeleported",null]', understood: false },
        { kind: 'event', identity: '["9","100","OrderAccepted",null]', understood: true },
      ],
    );
  });

  it('are counted when they are nothing', () => {
    for (const text of [
      '',
      'hello',
      '[]',
      'null',
      '{}',
      '{"data":[null]}',
      '{"notify":7}',
      '['.repeat(200_000),
    ])
      assert.deepEqual(readFrame(text), { answers: [], activities: [], unreadable: 1 }, text.slice(0, 20));
  });

  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.jsonValue(), (text, value) => {
        readFrame(text);
        for (const key of ['data', 'notify', 'response']) readFrame(JSON.stringify({ [key]: value }));
        readFrame(data(value, { '1': value, '2': 'OrderCreated', '3': text }));
        readFrame(data({ '2': 'OrderCreated', '3': payload({ BaseEvent: value }) }));
      }),
      { numRuns: 500 },
    );
  });

  it('have codes that the table knows, and others', () => {
    assert.deepEqual(
      [0, 3, 9, 11, 12, 20, 22, 26, 30, 99].map((code) => meaningOf(code).reaction),
      [
        'succeeded',
        'login-again',
        'reconnect',
        'stop-unavailable',
        'stop-replaced',
        'reconnect',
        'once-more',
        'succeeded',
        'reconnect',
        'unknown',
      ],
    );
  });
});

const folder = ['../shared/samples/schwab/', '../../shared/samples/schwab/']
  .map((path) => fileURLToPath(new URL(path, new URL('../../../../', import.meta.url))))
  .find((path) => existsSync(path));

// Sources: github.com/CrowMother/TOS-Trading-API and github.com/tylerebowers/Schwabdev (docs).
describe('recorded streams', function () {
  if (folder === undefined) {
    it.skip('the recorded frames are not beside this checkout (../shared/samples/schwab)');
    return;
  }
  const names = readdirSync(folder).filter((name) => /^stream-.*\.json$/.test(name));

  it('are understood to the last event, with and without the data wrapper', () => {
    const counts = names.map((name) => {
      const { activities: found, answers, unreadable } = readFrame(readFileSync(`${folder}/${name}`, 'utf8'));
      const understood = found.filter((activity) => activity.kind === 'event' && activity.understood);
      return [name.slice(0, 11), found.length, understood.length, answers.length, unreadable];
    });
    assert.deepEqual(counts, [
      ['stream-1-op', 3, 3, 0, 0],
      ['stream-2-op', 3, 3, 0, 0],
      ['stream-3-se', 3, 3, 0, 0],
      ['stream-4-se', 2, 2, 0, 0],
      ['stream-5-se', 3, 3, 0, 0],
      ['stream-6-ol', 8, 8, 0, 0],
      ['stream-bare', 2, 2, 0, 0],
      ['stream-equi', 1, 1, 0, 0],
    ]);
  });

  it('give the execution its place in the identity of a fill', () => {
    const text = readFileSync(`${folder}/stream-2-option-order-acknowledged-and-filled.json`, 'utf8');
    const last = activities(text).at(-1);
    assert.equal(
      last?.kind === 'event' && last.identity,
      '["93166277","1001953543149","OrderFillCompleted","20241022-EST-ngOMS-13441581673"]',
    );
  });

  it('let nothing of prices and quantities through', () => {
    for (const name of names) {
      const told = JSON.stringify(readFrame(readFileSync(`${folder}/${name}`, 'utf8')));
      assert.doesNotMatch(told, /Price|Quantity|signScale|Symbol/);
    }
  });
});
