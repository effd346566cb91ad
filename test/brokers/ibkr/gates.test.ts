import { FADataType, IBApi, LogLevel, OptionExerciseAction, OrderAction, OrderType } from '@stoqey/ib';
import assert from 'node:assert/strict';
import { ZodError } from 'zod';
import { startTwsSimulator, type TwsSimulator } from '../../../simulators/index.js';
import { installGates, type GatedSocket } from '../../../src/brokers/ibkr/gates.js';
import { ProtocolError } from '../../../src/errors.js';
import { eventually } from '../../support/clocks.js';

const CONTRACT = { conId: 265598, exchange: 'SMART' } as const;

/** Every method of the library that could change something, or bind orders to us. */
const WRITING: Readonly<Record<string, (ib: IBApi) => unknown>> = {
  placeOrder: (ib) =>
    ib.placeOrder(1, CONTRACT, {
      action: OrderAction.BUY,
      totalQuantity: 1,
      orderType: OrderType.MKT,
      tif: 'DAY',
      transmit: true,
    }),
  cancelOrder: (ib) => ib.cancelOrder(1),
  exerciseOptions: (ib) => ib.exerciseOptions(1, CONTRACT, OptionExerciseAction.EXERCISE, 1, 'DU1', 0),
  reqGlobalCancel: (ib) => ib.reqGlobalCancel(),
  reqOpenOrders: (ib) => ib.reqOpenOrders(),
  reqAutoOpenOrders: (ib) => ib.reqAutoOpenOrders(true),
  replaceFA: (ib) => ib.replaceFA(1, FADataType.GROUPS, '<xml/>'),
  requestFA: (ib) => ib.requestFA(FADataType.GROUPS),
  setServerLogLevel: (ib) => ib.setServerLogLevel(LogLevel.DETAIL),
  reqIds: (ib) => ib.reqIds(),
  reqMktData: (ib) => ib.reqMktData(1, CONTRACT, '', false, false),
  updateDisplayGroup: (ib) => ib.updateDisplayGroup(1, '265598'),
};

describe('the gates before the library', () => {
  let gateway: TwsSimulator;
  let ib: IBApi;
  let fields: (readonly string[])[];
  let broken: ProtocolError[];
  let socket: GatedSocket;
  let closes: number;
  let onFields: (message: readonly string[]) => void;

  beforeEach(async () => {
    gateway = await startTwsSimulator({ valuePushMs: null });
    fields = [];
    broken = [];
    onFields = (message) => void fields.push(message);
    ib = new IBApi({ host: gateway.host, port: gateway.port, clientId: 5, maxReqPerSec: 40 });
    closes = 0;
    socket = installGates(ib, {
      onConnect: () => {},
      onClose: () => void (closes += 1),
      onFields: (message) => onFields(message),
      onBroken: (error) => void broken.push(error),
    });
  });

  afterEach(async () => {
    socket.shut();
    await gateway.close();
  });

  const connect = async (): Promise<void> => {
    socket.connect();
    await eventually(() => fields.some(([id]) => id === '9'), { what: 'nextValidId' });
  };
  /** The ids of the requests that have arrived, without startApi. */
  const arrived = (): readonly string[] =>
    gateway.requests.map((request) => request.fields[0] ?? '').filter((id) => id !== '71');

  for (const [name, write] of Object.entries(WRITING)) {
    it(`${name} never reaches the gateway, and the connection is given up`, async () => {
      await connect();
      write(ib);
      await eventually(() => broken.length > 0, { what: name });
      // What is asked afterwards would have come after it.
      ib.reqCurrentTime();
      ib.disconnect();
      await eventually(() => gateway.connections === 0, { what: 'the end of the connection' });
      assert.equal(broken[0]?.code, 'read-only');
      assert.deepEqual(arrived(), []);
      assert.deepEqual(gateway.violations, []);
    });
  }

  it('let reading requests through', async () => {
    await connect();
    ib.reqPositions();
    ib.reqAllOpenOrders();
    ib.reqCurrentTime();
    await eventually(() => fields.some(([id]) => id === '49'), { what: 'the time' });
    assert.deepEqual(arrived(), ['61', '16', '49']);
    assert.deepEqual(broken, []);
  });

  it('let nothing in or out once they are shut', async () => {
    await connect();
    socket.shut();
    const seen = fields.length;
    ib.reqPositions();
    gateway.notice(2104);
    ib.disconnect();
    await eventually(() => gateway.connections === 0, { what: 'the end of the connection' });
    assert.equal(fields.length, seen);
    assert.deepEqual(arrived(), []);
  });

  it('keep an exception of a decoder in, and decode nothing after it', async () => {
    await connect();
    let calls = 0;
    onFields = () => {
      calls += 1;
      throw new TypeError('cannot read this');
    };
    gateway.notice(2104);
    gateway.notice(2106);
    await eventually(() => broken.length > 0);
    assert.match(broken[0]?.message ?? '', /cannot read this/);
    assert.equal(broken[0]?.code, 'decode');
    assert.equal(broken.length, 1);
    assert.equal(calls, 1);
  });

  for (const [fault, argument] of [
    ['bad-length', '-1'],
    ['bad-length', '0'],
    ['bad-length', 'huge'],
    ['no-final-nul', undefined],
    ['garbage', undefined],
  ] as const) {
    it(`give the connection up after ${fault} ${argument ?? ''}`.trim(), async () => {
      await connect();
      gateway.fault(fault, argument);
      gateway.send(['62', '1']);
      await eventually(() => broken.length > 0);
      assert.equal(broken[0]?.code, 'frame');
    });
  }

  it('are not disturbed by a reject text that is not JSON', async () => {
    await connect();
    gateway.fault('bad-reject-json');
    await eventually(() => fields.some(([id, , , code]) => id === '4' && code === '201'));
    assert.deepEqual(broken, []);
  });

  it('tell once that the line is gone, and leave no socket open after they were shut', async () => {
    await connect();
    gateway.disconnectAll('fin');
    await eventually(() => closes > 0);
    assert.equal(closes, 1);
    socket.shut();
    await eventually(() => gateway.connections === 0);
  });

  it('refuse at once a release of the library that has no socket to guard', () => {
    const other = new IBApi({ host: gateway.host, port: gateway.port, clientId: 6, maxReqPerSec: 40 });
    Object.defineProperty(other, 'controller', { value: {} });
    const gates = { onConnect: () => {}, onClose: () => {}, onFields: () => {}, onBroken: () => {} };
    assert.throws(
      () => installGates(other, gates),
      (error) => error instanceof ZodError && /cannot be guarded/.test(error.message),
    );
  });
});
