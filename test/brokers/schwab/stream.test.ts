import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { ConnectionLost, LoginRequired } from '../../../src/errors.js';
import { Streamer, type StreamLogin, type StreamState } from '../../../src/brokers/schwab/stream/streamer.js';
import { FakeClock, eventually } from '../../support/clocks.js';
import {
  scriptedStreamer,
  willing,
  type ScriptedStreamer,
  type StreamScript,
} from '../../support/scripted-streamer.js';

interface Running {
  readonly clock: FakeClock;
  readonly streamer: Streamer;
  readonly server: ScriptedStreamer;
  readonly states: StreamState[];
  /** When, on the clock, polling was woken. */
  readonly wakes: number[];
  /** The refused token each login was told of. */
  readonly logins: (string | null)[];
}

interface Given {
  readonly login?: (attempt: number, url: string) => Promise<Partial<StreamLogin>>;
  readonly wake?: () => void;
  readonly tell?: () => void;
  readonly chance?: number;
}

interface MuteHost {
  readonly url: string;
  readonly dialled: Promise<unknown>;
  readonly hungUp: Promise<unknown>;
}

const TAKEN =
  'Another app took this one’s place at Schwab’s streamer, which allows one connection a user (code 12, CLOSE_CONNECTION). Polling goes on; deploy again to take the place back.';
const fill = (execution: string): object => ({
  '1': '91234567',
  '2': 'OrderFillCompleted',
  '3': JSON.stringify({
    SchwabOrderID: '100',
    AccountNumber: '91234567',
    BaseEvent: { X: { ExecutionInfo: { ExecutionId: execution } } },
  }),
});
const activity = (...content: object[]): object => ({
  data: [{ service: 'ACCT_ACTIVITY', timestamp: 1729606927750, command: 'SUBS', content }],
});

describe('Streamer', () => {
  let cleanUp: (() => Promise<void>)[] = [];

  const start = async (script: StreamScript = willing, given: Given = {}): Promise<Running> => {
    const server = await scriptedStreamer(script);
    const clock = new FakeClock();
    const states: StreamState[] = [];
    const wakes: number[] = [];
    const logins: (string | null)[] = [];
    const streamer = new Streamer({
      clock,
      chance: () => given.chance ?? 0,
      login: async (refusedToken) => {
        logins.push(refusedToken);
        const differently = await given.login?.(logins.length, server.url);
        return { ...loginAt(server.url, logins.length), ...differently };
      },
      wake: () => {
        wakes.push(clock.monotonic());
        given.wake?.();
      },
      tell: (state) => {
        states.push(state);
        given.tell?.();
      },
    });
    cleanUp.push(
      () => streamer.close(),
      () => server.close(),
    );
    streamer.start();
    return { clock, streamer, server, states, wakes, logins };
  };
  const last = ({ states }: Running): string | undefined => states.at(-1)?.kind;
  const reached = (running: Running, kind: StreamState['kind']): Promise<unknown> =>
    eventually(() => last(running) === kind, {
      what: `${kind}; is ${JSON.stringify(running.states.at(-1))}`,
    });
  const commands = ({ server }: Running): string[] => server.requests.map(({ command }) => command);

  afterEach(async () => {
    for (const step of cleanUp) await step();
    cleanUp = [];
  });

  it('logs in, subscribes, and wakes polling once for what it has missed', async () => {
    const running = await start();
    await reached(running, 'open');
    await eventually(() => running.wakes.length === 1);
    assert.deepEqual(running.states, [{ kind: 'connecting' }, { kind: 'open', received: 0, understood: 0 }]);
    assert.deepEqual(commands(running), ['LOGIN', 'SUBS']);
    assert.equal(running.server.headers[0]?.['sec-websocket-extensions'], undefined);
    assert.equal(running.server.requests[0]?.parameters['Authorization'], 'token 1');
  });

  it('never has two commands under way', async () => {
    const running = await start(() => undefined);
    await eventually(() => running.server.requests.length === 1);
    // An answer that fits nothing and a heartbeat are no reason to go on.
    running.server.lines[0]?.say({
      response: [{ command: 'SUBS', requestid: '2', content: { code: 26 } }],
      notify: [{ heartbeat: '1' }],
    });
    running.server.lines[0]?.say({
      response: [{ command: 'LOGIN', requestid: '9', content: { code: 0 } }],
    });
    const [login] = running.server.requests;
    assert.ok(login);
    await echo(running);
    assert.deepEqual(commands(running), ['LOGIN']);
    running.server.lines[0]?.answer(login, 0);
    await eventually(() => running.server.requests.length === 2);
    assert.deepEqual(commands(running), ['LOGIN', 'SUBS']);
    assert.equal(last(running), 'connecting');
  });

  it('wakes polling 1.5 s after an event and again 10 s later, and once for an event told twice', async () => {
    const running = await start();
    await reached(running, 'open');
    running.server.lines[0]?.say(activity({ '2': 'SUBSCRIBED' }));
    running.server.lines[0]?.say(activity(fill('a'), fill('a')));
    await heard(running, 2);
    running.clock.advance(20_000);
    running.server.lines[0]?.say(activity(fill('a')));
    await heard(running, 3);
    running.clock.advance(20_000);
    assert.deepEqual(running.wakes, [0, 1_500, 11_500]);
    running.server.lines[0]?.say(activity(fill('b')));
    await heard(running, 4);
    running.clock.advance(20_000);
    assert.deepEqual(running.wakes, [0, 1_500, 11_500, 41_500, 51_500]);
    assert.deepEqual(running.states.at(-1), { kind: 'open', received: 4, understood: 4 });
  });

  it('shows that it understands nothing when everything it gets is garbage, and stays open', async () => {
    const running = await start();
    await reached(running, 'open');
    const [line] = running.server.lines;
    line?.sayBytes('not JSON');
    line?.sayBytes('{"data":[{"service":"ACCT_ACTIVITY","content":"?"}]}');
    line?.sayBytes(Buffer.from([1, 2, 3]), true);
    line?.say(activity({ '1': '91234567', '2': 'ERROR', '3': 'plain text' }));
    await heard(running, 4);
    running.clock.advance(20_000);
    assert.deepEqual(running.wakes, [0]);
    line?.say(activity({ '1': '91234567', '2': 'OrderTeleported', '3': '{' }));
    await heard(running, 5);
    running.clock.advance(1_500);
    assert.deepEqual(running.states.at(-1), { kind: 'open', received: 5, understood: 0 });
    assert.deepEqual(running.wakes, [0, 21_500]);
    assert.equal(running.server.connections, 1);
  });

  describe('asks for a new token once when the streamer refuses one (3)', () => {
    it('and goes on with the new one', async () => {
      const running = await start((request, line) =>
        line.connection === 1 ? line.answer(request, 3) : willing(request, line),
      );
      await reached(running, 'open');
      assert.deepEqual(running.logins, [null, 'token 1']);
      assert.deepEqual(
        running.states.map(({ kind }) => kind),
        ['connecting', 'connecting', 'open'],
      );
    });

    it('and stops when that is refused as well', async () => {
      const running = await start((request, line) => line.answer(request, 3));
      await reached(running, 'stopped');
      assert.deepEqual(running.states.at(-1), {
        kind: 'stopped',
        reason:
          'Schwab’s streamer refused the login, and a new access token as well (code 3). Polling goes on.',
      });
      assert.equal(running.server.connections, 2);
      await emptied(running);
    });

    it('also when it comes again soon after the stream was open', async () => {
      const running = await start((request, line) => {
        willing(request, line);
        if (request.command === 'SUBS') line.say({ notify: [{ service: 'ADMIN', content: { code: 3 } }] });
      });
      await reached(running, 'stopped');
      assert.equal(running.server.connections, 2);
    });
  });

  it('stops without a loop when another app takes its place (12)', async () => {
    const running = await start();
    await reached(running, 'open');
    running.server.lines[0]?.say({ notify: [{ service: 'ADMIN', content: { code: 12, msg: 'secret' } }] });
    running.server.lines[0]?.cut();
    await reached(running, 'stopped');
    assert.deepEqual(running.states.at(-1), { kind: 'stopped', reason: TAKEN });
    await emptied(running);
    running.clock.advance(3_600_000);
    assert.equal(running.server.connections, 1);
  });

  it('stops where there is no account activity (11)', async () => {
    const running = await start((request, line) => line.answer(request, request.command === 'SUBS' ? 11 : 0));
    await reached(running, 'stopped');
    await emptied(running);
  });

  for (const code of [9, 20, 30]) {
    it(`comes back after code ${code} and wakes polling for what it has missed`, async () => {
      const running = await start();
      await reached(running, 'open');
      running.server.lines[0]?.say({ notify: [{ service: 'ADMIN', content: { code, msg: '' } }] });
      await reached(running, 'waiting');
      const [waiting] = running.states.slice(-1);
      assert.equal(waiting?.kind === 'waiting' && waiting.retryInMs, 1_000);
      assert.match(waiting?.kind === 'waiting' ? waiting.reason : '', new RegExp(`code ${code}, `));
      running.clock.advance(1_000);
      await reached(running, 'open');
      assert.deepEqual(running.wakes, [0, 1_000]);
      assert.deepEqual(running.logins, [null, null]);
    });
  }

  it('subscribes once more when that fails (22), then comes back later', async () => {
    const running = await start((request, line) => line.answer(request, request.command === 'SUBS' ? 22 : 0));
    await reached(running, 'waiting');
    assert.deepEqual(commands(running), ['LOGIN', 'SUBS', 'SUBS']);
  });

  for (const code of [19, 21, 99]) {
    it(`comes back later when its LOGIN is answered with code ${code}, and minds that code at no other time`, async () => {
      const running = await start((request, line) => line.answer(request, code));
      await reached(running, 'waiting');
      const calm = await start();
      await reached(calm, 'open');
      calm.server.lines[0]?.say({ notify: [{ service: 'ADMIN', content: { code } }] });
      await echo(calm);
      assert.equal(last(calm), 'open');
    });
  }

  it('waits longer with each cut, and is quick again after a minute in which it was heard', async () => {
    const running = await start(willing, { chance: 0.5 });
    const cut = async (): Promise<number> => {
      await reached(running, 'open');
      running.server.lines[0]?.cut();
      await reached(running, 'waiting');
      const state = running.states.at(-1);
      const waitMs = state?.kind === 'waiting' ? state.retryInMs : 0;
      running.clock.advance(waitMs);
      return waitMs;
    };
    assert.deepEqual([await cut(), await cut(), await cut()], [1_500, 2_500, 4_500]);
    await reached(running, 'open');
    running.clock.advance(59_999);
    await echo(running);
    assert.equal(await cut(), 8_500);
    for (const ms of [30_000, 30_000]) {
      await reached(running, 'open');
      running.clock.advance(ms);
      await echo(running);
    }
    assert.equal(await cut(), 1_500);
  });

  it('comes back when nothing was heard for 60 s, and any message is life', async () => {
    const running = await start();
    await reached(running, 'open');
    running.clock.advance(59_000);
    running.server.lines[0]?.say({ notify: [{ heartbeat: '1' }] });
    await echo(running);
    running.clock.advance(58_000);
    assert.equal(last(running), 'open');
    running.clock.advance(60_000);
    await reached(running, 'waiting');
    assert.equal(reasonOf(running), 'Schwab’s streamer was silent for 60 s.');
    await eventually(() => running.server.lines.length === 0);
  });

  it('gives up on a streamer that never answers LOGIN, though its heart beats', async () => {
    const running = await start(() => undefined);
    await eventually(() => running.server.requests.length === 1);
    running.clock.advance(10_000);
    running.server.lines[0]?.say({ notify: [{ heartbeat: '1' }] });
    await echo(running);
    running.clock.advance(5_000);
    await reached(running, 'waiting');
    assert.equal(reasonOf(running), 'Schwab’s streamer did not answer LOGIN within 15 s.');
  });

  it('gives up on a host that accepts and says nothing', async () => {
    const mute = await muteHost();
    const running = await start(willing, { login: async () => ({ url: mute.url }) });
    await mute.dialled;
    running.clock.advance(15_000);
    await reached(running, 'waiting');
    assert.equal(reasonOf(running), 'Schwab’s streamer opened no connection within 15 s.');
  });

  it('ends a line on which a message of more than 1 MiB comes', async () => {
    const running = await start();
    await reached(running, 'open');
    running.server.lines[0]?.sayBytes('x'.repeat(1024 * 1024 + 1));
    await reached(running, 'waiting');
    assert.match(reasonOf(running), /WS_ERR_UNSUPPORTED_MESSAGE_LENGTH/);
  });

  it('follows no redirect', async () => {
    const elsewhere = await scriptedStreamer();
    const redirecting = await muteHost(
      `HTTP/1.1 302 Found\r\nLocation: ${elsewhere.url}\r\nContent-Length: 0\r\n\r\n`,
    );
    cleanUp.push(() => elsewhere.close());
    const running = await start(willing, { login: async () => ({ url: redirecting.url }) });
    await reached(running, 'waiting');
    assert.match(reasonOf(running), /302/);
    assert.equal(elsewhere.connections, 0);
  });

  it('sends no token to a host that is not Schwab’s', async () => {
    const running = await start(willing, { login: async () => ({ url: 'wss://example.com/ws' }) });
    await reached(running, 'stopped');
    assert.match(
      JSON.stringify(running.states.at(-1)),
      /The access token is not sent to wss:\/\/example\.com/,
    );
    await emptied(running);
  });

  it('stops when a person has to log in, and tries again after any other failure of the login', async () => {
    const details = { broker: 'schwab', code: 'test' };
    const running = await start(willing, {
      login: async (attempt) => {
        if (attempt === 1) throw new ConnectionLost('Schwab is away.', details);
        if (attempt === 2) throw new TypeError('token 2');
        throw new LoginRequired('Log in at Schwab again.', details);
      },
    });
    await reached(running, 'waiting');
    assert.equal(reasonOf(running), 'Schwab is away.');
    running.clock.advance(1_000);
    await eventually(() => running.logins.length === 2 && last(running) === 'waiting');
    assert.equal(reasonOf(running), 'The login for Schwab’s streamer could not be prepared.');
    running.clock.advance(1_000);
    await reached(running, 'stopped');
    assert.deepEqual(running.states.at(-1), { kind: 'stopped', reason: 'Log in at Schwab again.' });
  });

  it('does not wait for a login for ever', async () => {
    const running = await start(willing, { login: () => new Promise(() => undefined) });
    await eventually(() => running.logins.length === 1);
    running.clock.advance(60_000);
    await reached(running, 'waiting');
    assert.equal(reasonOf(running), 'No login for Schwab’s streamer within 60 s.');
  });

  it('goes on when its listeners throw', async () => {
    const fails = (): never => {
      throw new Error('listener');
    };
    const running = await start(willing, { wake: fails, tell: fails });
    await reached(running, 'open');
    running.server.lines[0]?.say(activity(fill('a')));
    await heard(running, 1);
    running.clock.advance(20_000);
    assert.deepEqual(running.wakes, [0, 1_500, 11_500]);
  });

  it('shows no token and no account number in any state', async () => {
    const running = await start((request, line) => {
      willing(request, line);
      if (request.command !== 'SUBS') return;
      line.say(activity(fill('a')));
      line.say({ notify: [{ service: 'ADMIN', content: { code: 30, msg: 'token 1 91234567' } }] });
    });
    await reached(running, 'waiting');
    assert.doesNotMatch(JSON.stringify(running.states), /token \d|91234567/);
  });

  describe('leaves nothing when closed', () => {
    const leavesNothing = async (running: Running): Promise<void> => {
      const told = running.states.length;
      await Promise.all([running.streamer.close(), running.streamer.close()]);
      assert.equal(running.clock.pending, 0);
      await eventually(() => running.server.lines.length === 0);
      running.clock.advance(3_600_000);
      await running.streamer.close();
      assert.equal(running.states.length, told);
    };

    it('before it was started', async () => {
      const streamer = new Streamer({
        clock: new FakeClock(),
        chance: () => 0,
        login: () => assert.fail('login'),
        wake: () => assert.fail('wake'),
        tell: () => assert.fail('tell'),
      });
      await streamer.close();
      streamer.start();
      await streamer.close();
    });

    it('while it waits for a login', async () => {
      const running = await start(willing, { login: () => new Promise(() => undefined) });
      await leavesNothing(running);
    });

    it('while it dials', async () => {
      const mute = await muteHost();
      const running = await start(willing, { login: async () => ({ url: mute.url }) });
      await mute.dialled;
      await leavesNothing(running);
      await mute.hungUp;
    });

    it('while it waits for the answer to LOGIN', async () => {
      const running = await start(() => undefined);
      await eventually(() => running.server.requests.length === 1);
      await leavesNothing(running);
      assert.deepEqual(commands(running), ['LOGIN']);
    });

    it('while it waits for the answer to SUBS', async () => {
      const running = await start((request, line) => {
        if (request.command === 'LOGIN') line.answer(request, 0);
      });
      await eventually(() => running.server.requests.length === 2);
      await leavesNothing(running);
    });

    it('while it is open, with a LOGOUT and a wake-up under way', async () => {
      const running = await start();
      await reached(running, 'open');
      running.server.lines[0]?.say(activity(fill('a')));
      await heard(running, 1);
      await leavesNothing(running);
      assert.deepEqual(commands(running), ['LOGIN', 'SUBS', 'LOGOUT']);
      assert.deepEqual(running.wakes, [0]);
    });

    it('though nobody answers its goodbye', async () => {
      const running = await start();
      await reached(running, 'open');
      running.server.lines[0]?.freeze();
      const closed = running.streamer.close();
      running.clock.advance(1_000);
      await closed;
      assert.equal(running.clock.pending, 0);
    });

    it('while it waits to come back', async () => {
      const running = await start((_request, line) => line.cut());
      await reached(running, 'waiting');
      await leavesNothing(running);
      assert.equal(running.server.connections, 1);
    });

    it('after it has stopped', async () => {
      const running = await start((request, line) => line.answer(request, 12));
      await reached(running, 'stopped');
      await leavesNothing(running);
    });

    it('by its own listener, in the middle of a message', async () => {
      let close = (): void => undefined;
      const running = await start(willing, { wake: () => close() });
      close = () => void running.streamer.close();
      await eventually(() => running.wakes.length === 1);
      await leavesNothing(running);
    });
  });

  /** A host that takes connections and never says more than `greeting`. */
  const muteHost = async (greeting?: string): Promise<MuteHost> => {
    const sockets: Socket[] = [];
    const host = createServer();
    const dialled = new Promise<Socket>((resolve) => {
      host.on('connection', (socket) => {
        sockets.push(socket);
        socket.on('error', () => socket.destroy());
        socket.resume();
        if (greeting !== undefined) socket.end(greeting);
        resolve(socket);
      });
    });
    const hungUp = dialled.then((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    cleanUp.push(async () => {
      for (const socket of sockets) socket.destroy();
      host.close();
    });
    const address = host.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { url: `ws://127.0.0.1:${port}`, dialled, hungUp };
  };

  /** Everything said before has been handled: a message after it was counted. */
  const echo = async (running: Running): Promise<void> => {
    const before = receivedBy(running);
    running.server.lines[0]?.say({ nothing: 'known' });
    if (last(running) === 'open') await eventually(() => receivedBy(running) > before);
    else await running.server.lines[0]?.handled();
  };
});

function loginAt(url: string, attempt: number): StreamLogin {
  return {
    url,
    customerId: 'customer',
    correlId: 'correl',
    channel: 'N9',
    functionId: 'APIAPP',
    accessToken: `token ${attempt}`,
  };
}

function receivedBy({ states }: Running): number {
  const state = states.at(-1);
  return state?.kind === 'open' ? state.received : 0;
}

function heard(running: Running, count: number): Promise<unknown> {
  return eventually(() => receivedBy(running) === count, { what: `${count} received` });
}

function reasonOf({ states }: Running): string {
  const state = states.at(-1);
  return state?.kind === 'waiting' || state?.kind === 'stopped' ? state.reason : '';
}

async function emptied({ clock, server }: Running): Promise<void> {
  await eventually(() => clock.pending === 0 && server.lines.length === 0, { what: 'nothing left' });
}
