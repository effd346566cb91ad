import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { eventually } from '../../support/clocks.js';
import { seeded } from '../../support/seeded.js';
import { within } from '../within.js';
import { FaultProxy, startFaultProxy } from './fault-proxy.js';
import { throughAll, type Step } from './plan.js';
import { bandwidth, latency, limitData, resetPeer, slicer, timeout } from './toxics.js';

/** A server that answers every byte with itself, and what it has heard. */
async function startEcho() {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    port: address.port,
    sockets,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A client of the proxy, with everything that came to it. */
function client(port: number) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const chunks: Buffer[] = [];
  const ends: string[] = [];
  socket.on('data', (bytes) => chunks.push(bytes));
  socket.on('error', (error) => ends.push('code' in error ? String(error.code) : error.message));
  socket.once('close', () => ends.push('close'));
  return { socket, chunks, ends, text: () => Buffer.concat(chunks).toString() };
}

const passed = (steps: readonly Step[]): string =>
  steps.map((step) => (step.kind === 'pass' ? step.bytes.toString() : `<${step.kind}>`)).join('');

describe('what a toxic plans', () => {
  const chance = seeded(1);

  it('is all of the bytes in their order, whatever it slices them into', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300, size: 'max' }),
        fc.integer({ min: 1, max: 9 }),
        (bytes, most) => {
          const steps = throughAll(
            [slicer(most).plan(chance), latency(5, 5).plan(chance)],
            Buffer.from(bytes),
            0,
          );
          const pieces = steps.flatMap((step) => (step.kind === 'pass' ? [step.bytes] : []));
          assert.deepEqual(Buffer.concat(pieces), Buffer.from(bytes));
          const times = steps.map(({ dueAt }) => dueAt);
          assert.deepEqual(
            times,
            times.toSorted((a, b) => a - b),
          );
        },
      ),
    );
  });

  it('is single bytes when the slices are of one', () => {
    const steps = slicer(1).plan(chance)(Buffer.from('twelve bytes'), 0);
    assert.equal(steps.length, 12);
  });

  it('is a time for each piece that the bandwidth allows', () => {
    const plan = bandwidth(100).plan(chance);
    assert.deepEqual(
      [...plan(Buffer.alloc(10), 0), ...plan(Buffer.alloc(5), 1_000)].map(({ dueAt }) => dueAt),
      [50, 100, 1_050],
    );
  });

  it('is an end in the middle of the bytes when there is a limit of data', () => {
    const plan = limitData(5).plan(chance);
    assert.equal(passed(plan(Buffer.from('abc'), 0)), 'abc');
    assert.equal(passed(plan(Buffer.from('defg'), 0)), 'de<cut>');
    assert.equal(passed(plan(Buffer.from('h'), 0)), '<cut>');
  });
});

describe('a fault proxy', () => {
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let proxy: FaultProxy;
  beforeEach(async () => {
    echo = await startEcho();
    proxy = await startFaultProxy(echo, seeded(1));
  });
  afterEach(async () => {
    await proxy.close();
    assert.equal(proxy.sockets, 0);
    echo.close();
  });

  async function connected() {
    const one = client(proxy.port);
    one.socket.write('hello');
    await eventually(() => one.text() === 'hello', { what: 'the echo' });
    return one;
  }

  it('passes bytes both ways, and the end of either side', async () => {
    const { ends, socket } = await connected();
    socket.end();
    await eventually(() => ends.includes('close') && echo.sockets.size === 0);
    assert.deepEqual(ends, ['close']);
    const other = await connected();
    for (const one of echo.sockets) one.end();
    await eventually(() => other.ends.includes('close'));
    assert.equal(proxy.sockets, 0);
  });

  it('refuses while it is down, and is back on the same port', async () => {
    const { port } = proxy;
    const before = await connected();
    proxy.down();
    await eventually(() => before.ends.includes('close'));
    const refused = client(port);
    await eventually(() => refused.ends.includes('close'));
    assert.deepEqual(refused.ends, ['ECONNREFUSED', 'close']);
    await proxy.up();
    assert.equal(proxy.port, port);
    (await connected()).socket.destroy();
  });

  it('is deaf for good to a connection that has lost bytes, and tells neither side of an end', async () => {
    const heal = proxy.add(timeout(), 'both');
    const lost = client(proxy.port);
    lost.socket.write('lost');
    await eventually(() => echo.sockets.size === 1, { what: 'the connection arrives' });
    await eventually(() => proxy.sockets === 2);
    heal();
    lost.socket.write('lost, too');
    const next = await connected();
    assert.equal(lost.text(), '');
    lost.socket.destroy();
    await eventually(() => proxy.clients === 1);
    assert.equal(echo.sockets.size, 2, 'the server does not hear that the client is gone');
    next.socket.destroy();
  });

  it('ends both sides after so many bytes', async () => {
    const { ends, socket, text } = await connected();
    proxy.add(resetPeer(3));
    socket.write('again');
    await eventually(() => ends.includes('close'));
    // Whether bytes arrive that a reset overtakes is the kernel's choice.
    assert.ok('helloaga'.startsWith(text()), text());
    await eventually(() => echo.sockets.size === 0);
  });

  it('resets every connection when it is told to', async () => {
    const { ends } = await connected();
    proxy.cutAll('reset');
    await eventually(() => ends.includes('close') && echo.sockets.size === 0);
    assert.deepEqual(ends, ['ECONNRESET', 'close']);
  });

  it('delivers slices one by one, and late when it is told to', async () => {
    const { chunks, socket, text } = await connected();
    chunks.splice(0);
    const heal = proxy.add(slicer(1));
    socket.write('slices');
    await eventually(() => text() === 'slices');
    assert.ok(chunks.length > 1, 'it came in one piece');
    heal();
    proxy.add(latency(60));
    const sentAt = performance.now();
    socket.write('!');
    await eventually(() => text() === 'slices!');
    assert.ok(performance.now() - sentAt >= 59);
    socket.destroy();
  });

  it('closes at once though connections hang and bytes wait', async () => {
    const one = await connected();
    proxy.add(latency(60_000), 'both');
    one.socket.write('waits for a minute');
    proxy.add(timeout(), 'both');
    client(proxy.port).socket.write('lost');
    await eventually(() => proxy.clients === 2);
    await within(1_000, 'the proxy closes', proxy.close());
    await eventually(() => one.ends.includes('close'));
  });
});
