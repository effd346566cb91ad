import { z } from 'zod';
import { isBad } from './numbers.js';
import { contract, exact, held, id, listing, money, number, text, word } from './wire-fields.js';

const integer = z.coerce.number().int();

/** A decoded row, and the fields of it that should have been numbers and were not: these are null. */
interface Decoded<Row> {
  readonly row: Row;
  readonly bad: readonly string[];
}

const NONE: readonly string[] = [];
const NUMERIC: ReadonlySet<unknown> = new Set([money, exact, number]);

/** A message whose fields stand in the order of the shape's keys, after the id (and the version where one is sent). */
function message<S extends z.core.$ZodShape>(shape: S, options: { readonly versioned: boolean }) {
  const names = Object.keys(shape);
  const numeric = names.filter((name) => NUMERIC.has(shape[name]));
  const skip = options.versioned ? 2 : 1;
  const schema = z.object(shape);
  return (fields: readonly string[]): Decoded<z.output<typeof schema>> => {
    const record: Record<string, string | undefined> = {};
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (name !== undefined) record[name] = fields[i + skip];
    }
    const row = schema.parse(record);
    const bad = numeric.filter((name) => isBad(record[name] ?? ''));
    return { row, bad: bad.length === 0 ? NONE : bad };
  };
}

const versioned = { versioned: true } as const;
const unversioned = { versioned: false } as const;

const AccountValue = message({ key: text, value: text, currency: text, account: text }, versioned);
const Portfolio = message(
  {
    ...contract,
    primaryExchange: word,
    currency: word,
    localSymbol: word,
    tradingClass: word,
    quantity: held,
    marketPrice: exact,
    marketValue: money,
    averageCost: exact,
    unrealizedPnl: money,
    realizedPnl: money,
    account: text,
  },
  versioned,
);
const PositionRow = message(
  { account: text, ...contract, ...listing, quantity: held, averageCost: exact },
  versioned,
);
const PositionMulti = message(
  {
    requestId: integer,
    account: text,
    ...contract,
    ...listing,
    quantity: held,
    averageCost: exact,
    modelCode: word,
  },
  versioned,
);
const Summary = message(
  { requestId: integer, account: text, key: text, value: text, currency: text },
  versioned,
);
const UpdateMulti = message(
  { requestId: integer, account: text, modelCode: word, key: text, value: text, currency: text },
  versioned,
);
const Pnl = message(
  { requestId: integer, dayPnl: money, unrealizedPnl: money, realizedPnl: money },
  unversioned,
);
const PnlSingle = message(
  {
    requestId: integer,
    quantity: exact,
    dayPnl: money,
    unrealizedPnl: money,
    realizedPnl: money,
    value: money,
  },
  unversioned,
);
const OrderStatusRow = message(
  {
    orderId: text,
    status: text,
    filled: exact,
    remaining: exact,
    averageFillPrice: exact,
    permId: id,
    parentId: id,
    lastFillPrice: exact,
    clientId: text,
    whyHeld: word,
  },
  unversioned,
);
const ExecutionRow = message(
  {
    requestId: integer,
    orderId: text,
    ...contract,
    ...listing,
    executionId: text,
    time: text,
    account: text,
    venue: word,
    side: text,
    quantity: exact,
    price: exact,
    permId: id,
    clientId: text,
    liquidation: text,
    cumulativeQuantity: exact,
    averagePrice: exact,
    orderRef: word,
    evRule: word,
    evMultiplier: word,
    modelCode: word,
    lastLiquidity: number,
  },
  unversioned,
);
const Commission = message(
  { executionId: text, commission: money, currency: word, realizedPnl: money },
  versioned,
);
const ErrorRow = message({ requestId: integer, code: integer, text: z.string().default('') }, versioned);
const RequestEnd = message({ requestId: integer }, versioned);
const AccountEnd = message({ account: text }, versioned);
const ManagedAccounts = message({ accounts: text }, versioned);
const CurrentTime = message({ seconds: integer }, versioned);

export type AccountValueRow = ReturnType<typeof AccountValue>['row'];
export type PortfolioRow = ReturnType<typeof Portfolio>['row'];
export type PositionRow = ReturnType<typeof PositionRow>['row'];
export type PnlRow = ReturnType<typeof Pnl>['row'];
export type PnlSingleRow = ReturnType<typeof PnlSingle>['row'];
export type OrderStatusRow = ReturnType<typeof OrderStatusRow>['row'];
export type ExecutionRow = ReturnType<typeof ExecutionRow>['row'];
export type CommissionRow = ReturnType<typeof Commission>['row'];
export type ErrorRow = ReturnType<typeof ErrorRow>['row'];

/** One decoded message of the gateway. */
export type WireMessage = NonNullable<ReturnType<typeof decode>>;

/**
 * A message from its fields; null for the ids we have no use for. `openOrder` and `completedOrder` have
 * fields that come and go and are read in `order-wire.ts`.
 * @throws z.ZodError when a field is missing or is not what it must be
 */
export function decode(fields: readonly string[]) {
  switch (fields[0] ?? '') {
    case '3':
      return { kind: 'orderStatus', ...OrderStatusRow(fields) } as const;
    case '4':
      return { kind: 'error', ...ErrorRow(fields) } as const;
    case '6':
      return { kind: 'accountValue', ...AccountValue(fields) } as const;
    case '7':
      return { kind: 'portfolio', ...Portfolio(fields) } as const;
    case '11':
      return { kind: 'execution', ...ExecutionRow(fields) } as const;
    case '15':
      return { kind: 'managedAccounts', ...ManagedAccounts(fields) } as const;
    case '49':
      return { kind: 'currentTime', ...CurrentTime(fields) } as const;
    case '53':
      return { kind: 'openOrderEnd' } as const;
    case '54':
      return { kind: 'accountDownloadEnd', ...AccountEnd(fields) } as const;
    case '55':
    case '64':
    case '72':
    case '74':
      return { kind: 'requestEnd', ...RequestEnd(fields) } as const;
    case '59':
      return { kind: 'commission', ...Commission(fields) } as const;
    case '61':
      return { kind: 'position', ...PositionRow(fields) } as const;
    case '62':
      return { kind: 'positionEnd' } as const;
    case '63':
      return { kind: 'summary', ...Summary(fields) } as const;
    case '71':
      return { kind: 'positionMulti', ...PositionMulti(fields) } as const;
    case '73':
      return { kind: 'updateMulti', ...UpdateMulti(fields) } as const;
    case '94':
      return { kind: 'pnl', ...Pnl(fields) } as const;
    case '95':
      return { kind: 'pnlSingle', ...PnlSingle(fields) } as const;
    case '102':
      return { kind: 'completedOrdersEnd' } as const;
    default:
      return null;
  }
}
