import { Decoder } from '@stoqey/ib/dist/core/io/decoder.js';
import assert from 'node:assert/strict';
import { ZodError } from 'zod';
import { sentinelFrames } from '../../../simulators/index.js';
import { decodeCompletedOrder, decodeOpenOrder } from '../../../src/brokers/ibkr/order-wire.js';

type Fields = readonly string[];

/** 157–187, and what @stoqey/ib negotiates with a current TWS. */
const VERSIONS = [...Array.from({ length: 31 }, (_, index) => 157 + index), 193];
/** Below it the library reads completed orders one field off (D17 of ibkr.md). */
const LIBRARY_READS_COMPLETED_FROM = 177;

/** What @stoqey/ib makes of a frame: the fields of all its objects under lower-case names, contract first. */
function libraryReads(fields: Fields, serverVersion: number): ReadonlyMap<string, unknown> {
  const found: unknown[] = [];
  const decoder = new Decoder({
    serverVersion,
    emitEvent: (_name, ...args) => void found.push(...args),
    emitError: (message) => assert.fail(message),
    emitInfo: () => {},
  });
  decoder.enqueueMessage([...fields]);
  decoder.process();
  const entries = found.flatMap((value) =>
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  );
  return new Map(entries.toReversed().map(([name, value]): [string, unknown] => [name.toLowerCase(), value]));
}

/** Our name → the library's, of what every order frame has. */
const SHARED = {
  conId: 'conid',
  symbol: 'symbol',
  secType: 'sectype',
  expiry: 'lasttradedateorcontractmonth',
  strike: 'strike',
  multiplier: 'multiplier',
  exchange: 'exchange',
  currency: 'currency',
  localSymbol: 'localsymbol',
  tradingClass: 'tradingclass',
  action: 'action',
  totalQuantity: 'totalquantity',
  orderType: 'ordertype',
  limitPrice: 'lmtprice',
  auxPrice: 'auxprice',
  timeInForce: 'tif',
  ocaGroup: 'ocagroup',
  account: 'account',
  orderRef: 'orderref',
  permId: 'permid',
  status: 'status',
} as const;
// A second field of the name trailStopPrice overwrites the first in the library.
const OPEN = { ...SHARED, clientId: 'clientid', parentId: 'parentid' } as const;
const COMPLETED = {
  ...SHARED,
  filledQuantity: 'filledquantity',
  completedTime: 'completedtime',
  completedStatus: 'completedstatus',
} as const;

/** The words of "none": null, undefined, empty, and the 0 that the library reads from an empty number. */
const comparable = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number'
    ? value === '' || value === 0
      ? 'none'
      : `${value}`
    : 'none';

function differences(
  ours: Readonly<Record<string, unknown>>,
  theirs: ReadonlyMap<string, unknown>,
  names: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(names)
    .filter(([our, their]) => comparable(ours[our]) !== comparable(theirs.get(their)))
    .map(([our, their]) => `${our}: ${String(ours[our])}, library ${String(theirs.get(their))}`);
}

/** Our name → the simulator's name of the same field. */
const SENT = { expiry: 'lastTradeDateOrContractMonth', limitPrice: 'lmtPrice', timeInForce: 'tif' } as const;

function notAsSent(
  row: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(row)
    .filter(([name]) => name !== 'legs')
    .map(([name, value]) => {
      const sentName = Object.entries(SENT).find(([our]) => our === name)?.[1] ?? name;
      return { name, value, sent: values[sentName] };
    })
    .filter(({ value, sent }) => comparable(value) !== sent)
    .map(({ name, value, sent }) => `${name}: ${String(value)}, sent ${String(sent)}`);
}

interface Parts {
  readonly serverVersion?: number;
  readonly orderType?: string;
  readonly deltaNeutral?: boolean;
  readonly legs?: Fields;
  readonly legPrices?: Fields;
  readonly smart?: Fields;
  readonly scale?: Fields;
  readonly hedge?: Fields;
  readonly deltaNeutralContract?: Fields;
  readonly algo?: Fields;
  readonly conditions?: Fields;
}

const NO_SCALE: Fields = ['2147483647', '2147483647', ''];

/** The variable middle of both messages, from comboLegsDescrip to hedgeType (ibkr.md 2.4). */
const middle = ({
  legs = ['0'],
  legPrices = ['0'],
  smart = ['0'],
  scale = NO_SCALE,
  hedge = [''],
}: Parts): Fields => ['combo', ...legs, ...legPrices, ...smart, ...scale, ...hedge];
const CONTRACT: Fields = ['265598', 'AAPL', 'BAG', '', '0', '?', '', 'SMART', 'USD', 'AAPL', 'COMB'];
const head = (orderType: string): Fields => [
  'BUY',
  '3',
  orderType,
  '1.25',
  '0.5',
  'GTC',
  'oca',
  'DU1',
  '?',
  '0',
  'ref',
];

/** A message 5 by the list of ibkr.md 2.4. */
function openOrder(parts: Parts = {}): Fields {
  const { serverVersion = 176, orderType = 'LMT', deltaNeutral = false } = parts;
  return [
    '5', '77', ...CONTRACT, ...head(orderType), '9', '1234567890',
    '0', '0', '0', '', '123.0/DU1/3', // outsideRth hidden discretionaryAmt goodAfterTime sharesAllocation
    'group', 'method', 'percent', ...(serverVersion < 177 ? ['profile'] : []),
    'model', '', '', '', '', '0', '', '-1', // modelCode … exemptCode
    '0', '', '', '', '', '', // auctionStrategy … stockRangeUpper
    '2147483647', '0', '0', '0', '', '3', '0', '0', '', '42', '0', // displaySize … triggerMethod
    '', '0', ...(deltaNeutral ? ['MKT', '', '8', 'settle', 'clear', 'intent', 'O', '0', '0', 'loc'] : ['', '']),
    '0', '0', '99.5', '', '', '', // continuousUpdate … basisPointsType
    ...middle(parts),
    '0', '', 'IB', '0', // optOutSmartRouting … notHeld
    ...(parts.deltaNeutralContract ?? ['0']), ...(parts.algo ?? ['']),
    '0', '0', 'Submitted',
    ...Array.from({ length: 9 }, () => '1.7976931348623157E308'), '', '', '', 'USD', 'warning\nof two lines',
    '0', '0', ...(orderType === 'PEG BENCH' ? ['1', '0', '0.1', '0.2', 'NYSE'] : []),
    ...(parts.conditions ?? ['0']),
    'None', ...Array.from({ length: 6 }, () => '1.7976931348623157E308'), '0', '', '', '', '0', '1', '0',
    '0', '0', '', '', '0', // discretionaryUpToLimitPrice … autoCancelParent
    ...(serverVersion >= 170 ? ['', '', '', '', ''] : []),
    ...(serverVersion >= 183 ? ['customer'] : []), ...(serverVersion >= 184 ? ['0'] : []),
    ...(serverVersion >= 185 ? [''] : []),
  ]; // prettier-ignore
}

/** A message 101 by the list of ibkr.md 2.5. */
function completedOrder(parts: Parts = {}): Fields {
  const { serverVersion = 176, orderType = 'LMT', deltaNeutral = false } = parts;
  return [
    '101', ...CONTRACT, ...head(orderType), '1234567890', '0', '0', '0', '',
    'group', 'method', 'percent', ...(serverVersion < 177 ? ['profile'] : []),
    'model', '', '', '', '', '0', '', '-1', '', '', '', '', '', '2147483647', '0', '0', '', '3', '0',
    '', '0', ...(deltaNeutral ? ['MKT', '', '8', '0', '0', 'loc'] : ['', '']),
    '0', '0', '99.5', '', ...middle(parts), '', 'IB', '0',
    ...(parts.deltaNeutralContract ?? ['0']), ...(parts.algo ?? ['']),
    '0', 'Filled', '0', '0', ...(orderType === 'PEG BENCH' ? ['1', '0', '0.1', '0.2', 'NYSE'] : []),
    ...(parts.conditions ?? ['0']),
    '1.7976931348623157E308', '1.7976931348623157E308', '0', '1', '0', '', '2.5', '2147483647', '0',
    'Not an insider or substantial shareholder', '0', '0', '9223372036854775807',
    '20230306 12:28:30 America/Los_Angeles', 'Filled Size: 2.5',
    ...(serverVersion >= 170 ? ['', '', '', '', ''] : []),
    ...(serverVersion >= 183 ? ['customer'] : []), ...(serverVersion >= 184 ? ['0'] : []),
  ]; // prettier-ignore
}

const LEGS: Fields = [
  '2',
  '111',
  '1',
  'BUY',
  'SMART',
  '1',
  '0',
  '',
  '-1',
  '222',
  '2',
  'SELL',
  'SMART',
  '2',
  '0',
  '',
  '-1',
];
const SHAPES: readonly (readonly [string, Parts])[] = [
  ['nothing special', {}],
  ['combo legs', { legs: LEGS }],
  [
    'combo legs with prices and routing',
    { legs: LEGS, legPrices: ['2', '1.5', ''], smart: ['1', 'NonGuaranteed', '1'] },
  ],
  ['algo parameters', { algo: ['Adaptive', '2', 'adaptivePriority', 'Normal', 'x', 'y'] }],
  ['an algo without parameters', { algo: ['Vwap', '0'] }],
  ['a scale', { scale: ['10', '5', '0.05', '0', '0', '0.1', '0', '0', '0', '0'] }],
  ['a scale with an increment of 0', { scale: ['10', '5', '0'] }],
  ['a scale with an unset increment', { scale: ['10', '5', '1.7976931348623157E308'] }],
  ['a hedge', { hedge: ['D', 'parameter'] }],
  ['a delta neutral order', { deltaNeutral: true }],
  ['a delta neutral contract', { deltaNeutralContract: ['1', '333', '0.5', '10'] }],
  ['a pegged to benchmark order', { orderType: 'PEG BENCH' }],
  [
    'a price and a time condition',
    {
      conditions: [
        '2',
        '1',
        'a',
        '1',
        '5.5',
        '444',
        'SMART',
        '0',
        '3',
        'o',
        '1',
        '20260101 00:00:00',
        '1',
        '0',
      ],
    },
  ],
  [
    'margin, execution, volume and change conditions',
    {
      conditions: [
        '4',
        '4',
        'a',
        '1',
        '30',
        '5',
        'a',
        'STK',
        'SMART',
        'IBM',
        '6',
        'o',
        '0',
        '100',
        '5',
        'SMART',
        '7',
        'a',
        '1',
        '2.5',
        '6',
        'SMART',
        '0',
        '0',
      ],
    },
  ],
  [
    'everything at once',
    {
      deltaNeutral: true,
      legs: LEGS,
      legPrices: ['1', '2'],
      smart: ['1', 'a', 'b'],
      scale: ['10', '5', '0.05', '0', '0', '0.1', '0', '0', '0', '0'],
      hedge: ['B', '1'],
      deltaNeutralContract: ['1', '3', '0.5', '10'],
      algo: ['Twap', '1', 'a', 'b'],
      conditions: ['1', '4', 'a', '1', '30', '0', '0'],
    },
  ],
];

describe('orders on the IBKR wire', () => {
  for (const serverVersion of VERSIONS) {
    it(`finds every sentinel in its place at server version ${serverVersion}`, () => {
      const sent = sentinelFrames(serverVersion);
      const open = decodeOpenOrder(sent.openOrder.fields, serverVersion);
      const completed = decodeCompletedOrder(sent.completedOrder.fields, serverVersion);
      assert.deepEqual(notAsSent(open, sent.openOrder.values), []);
      assert.deepEqual(notAsSent(completed, sent.completedOrder.values), []);
    });

    it(`agrees with @stoqey/ib on orders with all their optional parts at server version ${serverVersion}`, () => {
      // The builders here stop at 185; what 189 and 193 add stands at the end of the sentinels.
      const sent = sentinelFrames(serverVersion);
      const open = decodeOpenOrder(sent.openOrder.fields, serverVersion);
      assert.deepEqual(differences(open, libraryReads(sent.openOrder.fields, serverVersion), OPEN), []);
      if (serverVersion >= LIBRARY_READS_COMPLETED_FROM) {
        const completed = decodeCompletedOrder(sent.completedOrder.fields, serverVersion);
        assert.deepEqual(
          differences(completed, libraryReads(sent.completedOrder.fields, serverVersion), COMPLETED),
          [],
        );
      }
      if (serverVersion > 187 || serverVersion < 162) return;
      for (const [what, parts] of SHAPES) {
        const fields = openOrder({ ...parts, serverVersion });
        const theirs = libraryReads(fields, serverVersion);
        assert.deepEqual(differences(decodeOpenOrder(fields, serverVersion), theirs, OPEN), [], what);
        if (serverVersion < LIBRARY_READS_COMPLETED_FROM) continue;
        const ended = completedOrder({ ...parts, serverVersion });
        const row = decodeCompletedOrder(ended, serverVersion);
        assert.deepEqual(differences(row, libraryReads(ended, serverVersion), COMPLETED), [], what);
      }
    });
  }

  for (const [what, parts] of SHAPES) {
    for (const serverVersion of [164, 176, 177, 187]) {
      it(`reads past ${what} at server version ${serverVersion}`, () => {
        const open = decodeOpenOrder(openOrder({ ...parts, serverVersion }), serverVersion);
        assert.equal(open.status, 'Submitted');
        assert.equal(open.permId, '1234567890');
        assert.equal(open.parentId, '42');
        assert.equal(open.trailStopPrice, 99.5);
        const ended = decodeCompletedOrder(completedOrder({ ...parts, serverVersion }), serverVersion);
        assert.equal(ended.status, 'Filled');
        assert.equal(ended.filledQuantity, 2.5);
        assert.equal(ended.trailStopPrice, 99.5);
        assert.equal(ended.completedTime, '20230306 12:28:30 America/Los_Angeles');
        assert.equal(ended.completedStatus, 'Filled Size: 2.5');
      });
    }
  }

  it('keeps every digit of a permId that a double could not hold', () => {
    const long = '1234567890123456789';
    const fields = openOrder().map((field) => (field === '1234567890' ? long : field));
    assert.equal(decodeOpenOrder(fields, 176).permId, long);
  });

  it('keeps the legs of a combination', () => {
    const legs = [
      { conId: '111', ratio: 1, action: 'BUY', exchange: 'SMART', openClose: '1' },
      { conId: '222', ratio: 2, action: 'SELL', exchange: 'SMART', openClose: '2' },
    ];
    assert.deepEqual(decodeOpenOrder(openOrder({ legs: LEGS }), 176).legs, legs);
    assert.deepEqual(decodeCompletedOrder(completedOrder({ legs: LEGS }), 176).legs, legs);
  });

  it('refuses an open order that is cut anywhere before its status', () => {
    const fields = openOrder({ legs: LEGS, algo: ['Adaptive', '1', 'a', 'b'] });
    for (let length = 1; length <= fields.indexOf('Submitted'); length++)
      assert.throws(() => decodeOpenOrder(fields.slice(0, length), 176), ZodError, `${length} fields`);
  });

  it('refuses a completed order that is cut before its status', () => {
    const fields = completedOrder({ legs: LEGS });
    for (let length = 1; length <= fields.indexOf('Filled'); length++)
      assert.throws(() => decodeCompletedOrder(fields.slice(0, length), 176), ZodError, `${length} fields`);
  });

  it('refuses a completed order that is cut behind its status', () => {
    const fields = completedOrder();
    for (let length = fields.indexOf('Filled') + 1; length <= fields.indexOf('Filled Size: 2.5'); length++)
      assert.throws(() => decodeCompletedOrder(fields.slice(0, length), 176), ZodError, `${length} fields`);
  });

  it('refuses a completed order with a condition of a type that it does not know', () => {
    const fields = completedOrder({ conditions: ['1', '99', 'a', '1', '0', '0'] });
    assert.throws(() => decodeCompletedOrder(fields, 176), ZodError);
  });

  it('reads orders of a release that adds fields at the end', () => {
    assert.equal(decodeOpenOrder([...openOrder(), 'new', ''], 176).status, 'Submitted');
    assert.equal(decodeCompletedOrder([...completedOrder(), 'new', ''], 176).filledQuantity, 2.5);
  });

  for (const count of ['2147483647', '1e308', '-1', 'abc', '1.5', 'Infinity', '99999999999999999999']) {
    it(`does not loop on ${count} legs, prices, tags or parameters`, () => {
      const hostile: readonly Parts[] = [
        { legs: [count] },
        { legPrices: [count] },
        { smart: [count] },
        { algo: ['Adaptive', count] },
      ];
      for (const parts of hostile) {
        const started = performance.now();
        for (const read of [
          () => decodeOpenOrder(openOrder(parts), 176),
          () => decodeCompletedOrder(completedOrder(parts), 176),
        ]) {
          try {
            read();
          } catch (error) {
            assert.ok(error instanceof ZodError);
          }
        }
        assert.ok(performance.now() - started < 1_000);
      }
    });
  }
});
