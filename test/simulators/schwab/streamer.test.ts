import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import type { SchwabSimulator } from '../../../simulators/index.js';
import { decimal, wallTime } from '../../../simulators/schwab/stream/values.js';
import { eventually } from '../support/simulator.js';
import { codeIn, PlainClient, SchwabBench } from './support/client.js';
import { StreamClient } from './support/stream-client.js';

interface Payload {
  readonly SchwabOrderID: string;
  readonly AccountNumber: string;
  readonly BaseEvent: Readonly<Record<string, unknown>> & { readonly EventType: string };
}

const ACCOUNT = '01234567';

describe("the simulated Schwab's streamer", () => {
  const bench = new SchwabBench();
  const streams: StreamClient[] = [];
  let schwab: SchwabSimulator;
  let client: PlainClient;
  beforeEach(async () => {
    schwab = await bench.start();
    client = await PlainClient.loggedIn(schwab);
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.terminate();
    await bench.close();
  });

  const kept = (stream: StreamClient): StreamClient => {
    streams.push(stream);
    return stream;
  };
  const opened = async (): Promise<StreamClient> => kept(await StreamClient.open(schwab));
  const subscribed = async (): Promise<StreamClient> =>
    kept(await StreamClient.subscribed(schwab, client.accessToken));
  const place = (orderType: 'MARKET' | 'LIMIT' = 'LIMIT'): string =>
    schwab.book.placeOrder({
      account: ACCOUNT,
      legs: [{ symbol: 'AMD', instruction: 'SELL', quantity: 3 }],
      orderType,
      ...(orderType === 'LIMIT' ? { price: 150 } : {}),
    });
  const payloads = (stream: StreamClient): readonly Payload[] =>
    stream.contents.filter((content) => content[3] !== '').map((content) => JSON.parse(content[3]));

  it('wants a login first, then a subscription, and says SUBSCRIBED', async () => {
    const stream = await opened();
    assert.equal(await stream.subscribe(), 20);
    assert.equal(await stream.ask('LOGIN', { Authorization: client.accessToken }), 0);
    assert.equal(await stream.subscribe(), 0);
    await eventually(() => stream.types.length > 0);
    assert.deepEqual(stream.types, ['SUBSCRIBED']);
    assert.equal(schwab.streams, 1);
  });

  it('throws out a client with a token that is not good', async () => {
    const stream = await opened();
    assert.equal(await stream.ask('LOGIN', { Authorization: `Bearer ${client.accessToken}` }), 3);
    await eventually(() => stream.closed && schwab.streams === 0);
  });

  it('keeps the newest of two clients of a user, and tells the other why', async () => {
    const first = await subscribed();
    const second = await subscribed();
    await eventually(() => first.closed);
    assert.equal(first.codes.at(-1), 12);
    assert.equal(second.closed, false);
  });

  it('knows what it cannot do', async () => {
    const stream = await subscribed();
    assert.deepEqual(
      [
        await stream.subscribe(''),
        await stream.ask('DANCE', {}, 'ACCT_ACTIVITY'),
        await stream.ask('SUBS', { keys: 'SPY' }, 'LEVELONE_EQUITIES'),
        await stream.ask('VIEW', { fields: '0,1' }, 'ACCT_ACTIVITY'),
        await stream.ask('UNSUBS', { keys: 'x' }, 'ACCT_ACTIVITY'),
      ],
      [22, 21, 11, 29, 27],
    );
    assert.equal(await stream.ask('LOGOUT', {}), 0);
    await eventually(() => stream.closed);
  });

  it('beats, and throws out who subscribes to nothing', async () => {
    const idle = await opened();
    assert.equal(await idle.ask('LOGIN', { Authorization: client.accessToken }), 0);
    schwab.beat();
    await eventually(() => idle.frames.some(({ notify }) => notify !== undefined));
    for (let count = 0; count < 3; count += 1) schwab.beat();
    await eventually(() => idle.closed);
    assert.equal(idle.codes.at(-1), 30);
  });

  it('tells an order from its creation to its fill', async () => {
    const stream = await subscribed();
    const orderId = place();
    schwab.book.fillOrder(orderId);
    await eventually(() => stream.types.includes('OrderFillCompleted'));
    assert.deepEqual(stream.types, [
      'SUBSCRIBED',
      'OrderCreated',
      'OrderAccepted',
      'ExecutionRequested',
      'ExecutionRequestCreated',
      'ExecutionRequestCompleted',
      'OrderFillCompleted',
    ]);
    for (const { AccountNumber, BaseEvent, SchwabOrderID } of payloads(stream)) {
      assert.deepEqual([AccountNumber, SchwabOrderID], [ACCOUNT, orderId]);
      assert.equal(Object.keys(BaseEvent).length, 2);
    }
    const text = stream.contents.find((content) => content[2] === 'OrderCreated')?.[3] ?? '';
    assert.match(text, /"LimitPrice":\{"lo":"150000000","signScale":12\}/);
    assert.match(text, /"EntryTimestamp":\{"DateTimeString":"2026-11-24 10:00:00\.000"\}/);
    // Beside a positive bid and ask, as in every recorded sale.
    assert.match(text, /"Mid":\{"lo":"\d+","signScale":13\}/);
  });

  it('tells a cancellation, and a replacement in which two chains interleave', async () => {
    const stream = await subscribed();
    schwab.book.cancelOrder(place());
    await eventually(() => stream.types.includes('OrderUROutCompleted'));
    assert.deepEqual(stream.types.slice(6), [
      'CancelAccepted',
      'ExecutionRequested',
      'ExecutionRequestCompleted',
      'ExecutionCreated',
      'OrderUROutCompleted',
    ]);
    const before = payloads(stream).length;
    const old = place();
    const fresh = schwab.book.replaceOrder(old, { price: 151 });
    await eventually(() => stream.types.filter((type) => type === 'OrderUROutCompleted').length === 2);
    const told = payloads(stream)
      .slice(before)
      .filter(({ SchwabOrderID }) => SchwabOrderID === fresh);
    assert.deepEqual(
      new Set(told.map(({ BaseEvent }) => BaseEvent.EventType)),
      new Set([
        'ChangeCreated',
        'ChangeAccepted',
        'ExecutionRequested',
        'ExecutionRequestCreated',
        'ExecutionRequestCompleted',
      ]),
    );
    assert.match(JSON.stringify(told), new RegExp(`"LifecycleSchwabOrderID":"${old}"`));
  });

  it('repeats itself now and then, under the same number', async () => {
    const stream = await subscribed();
    place();
    await eventually(() => stream.types.length > 3);
    const numbers = stream.contents.map(({ seq }) => seq);
    assert.ok(new Set(numbers).size < numbers.length);
  });

  it('tells nothing of accounts that were not ticked, nor of money', async () => {
    const signIn = new URL('/v1/oauth/authorize', schwab.url);
    signIn.search = new URLSearchParams({
      response_type: 'code',
      client_id: schwab.appKey,
      redirect_uri: schwab.callbackUrl,
      account: ACCOUNT,
      done: 'yes',
    }).toString();
    const back = await fetch(signIn, { redirect: 'manual' });
    client.take(await (await client.redeem(codeIn(back.headers.get('location') ?? ''))).text());
    const stream = await subscribed();
    schwab.book.depositCash(ACCOUNT, 100);
    schwab.book.closePosition('52810394', 'QQQ');
    const orderId = place();
    await eventually(() => stream.types.includes('ExecutionRequestCompleted'));
    assert.deepEqual(new Set(payloads(stream).map(({ SchwabOrderID }) => SchwabOrderID)), new Set([orderId]));
  });

  it('answers pings, and reads what comes in pieces', async () => {
    const stream = await opened();
    stream.ping();
    await eventually(() => stream.pongs === 1);
    const text = JSON.stringify({
      requests: [
        {
          requestid: '7',
          service: 'ADMIN',
          command: 'LOGIN',
          parameters: { Authorization: client.accessToken, filler: 'x'.repeat(70_000) },
        },
      ],
    });
    stream.sendInPieces(text.slice(0, 10), text.slice(10, 300), text.slice(300));
    await eventually(() => stream.codes.length === 1);
    assert.deepEqual(stream.codes, [0]);
  });

  it('ends a conversation with who does not mask its frames', async () => {
    const { port } = new URL(schwab.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    const [head]: Buffer[] = await once(socket, 'data');
    // The pair of RFC 6455, 1.3.
    assert.match(String(head), /Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69]));
    const [closing]: Buffer[] = await once(socket, 'data');
    assert.deepEqual(closing, Buffer.from([0x88, 0x02, 0x03, 0xea]));
    await once(socket, 'close');
  });

  describe('with a fault', () => {
    it('answers with the code it is told to', async () => {
      schwab.fault('schwab-stream-code', '12');
      const stream = await opened();
      assert.equal(await stream.ask('LOGIN', { Authorization: client.accessToken }), 12);
      await eventually(() => stream.closed);
    });

    it('falls silent, and speaks again', async () => {
      const stream = await subscribed();
      const fault = schwab.fault('schwab-stream-silence');
      const count = stream.frames.length;
      schwab.beat();
      fault.clear();
      schwab.beat();
      await eventually(() => stream.frames.length > count);
      assert.equal(stream.frames.length, count + 1);
    });

    it('sends events that are no JSON inside', async () => {
      schwab.fault('schwab-stream-bad-json');
      const stream = await subscribed();
      place();
      await eventually(() => stream.types.length > 3);
      const [, event] = stream.contents;
      assert.throws(() => JSON.parse(event?.[3] ?? ''), SyntaxError);
    });
  });
});

describe('a number on the stream', () => {
  it('is its lo by a power of ten, negative if signScale is odd', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (millionths) => {
        const value = millionths / 1e6;
        const { lo = '0', signScale } = decimal(value);
        const read = (Number(lo) / 10 ** (signScale >> 1)) * (signScale % 2 === 1 ? -1 : 1);
        assert.equal(read + 0, value + 0);
      }),
    );
  });

  it('is the clock of New York for a time, in summer and in winter', () => {
    assert.deepEqual(wallTime(Date.parse('2024-10-22T14:22:06.606Z')), {
      DateTimeString: '2024-10-22 10:22:06.606',
    });
    assert.deepEqual(wallTime(Date.parse('2024-12-22T05:00:00.007Z')), {
      DateTimeString: '2024-12-22 00:00:00.007',
    });
  });
});
