import type { Balances } from '../domain/balances.js';
import { marketSession } from '../domain/market-hours.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import { daysBetween, newYorkTime } from './local-time.js';
import type { AccountView, Told } from './views.js';

/** `part` in percent of `whole`; unknown when either is, or when the whole is not above 0. */
export function percentOf(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || !(whole > 0)) return null;
  const percent = (part / whole) * 100;
  return Number.isFinite(percent) ? percent : null;
}

const minus = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a - b;
const size = (value: number | null): number | null => (value === null ? null : Math.abs(value));

/** The day's result in percent of net liquidation at the last close. */
export function dayPnlPercent({ dayPnl, netLiquidation, previousNetLiquidation }: Balances): number | null {
  return percentOf(dayPnl, previousNetLiquidation ?? minus(netLiquidation, dayPnl));
}

/** Percent below the peak, ≥ 0. */
export function drawdownPercent({ balances, peak }: AccountView): number | null {
  if (peak === null || balances === null) return null;
  return percentOf(minus(peak.peak, balances.netLiquidation), peak.peak);
}

export function positionPercent({ marketValueBase }: Position, balances: Balances | null): number | null {
  return percentOf(size(marketValueBase), balances?.netLiquidation ?? null);
}

export function unrealizedPercent({ costBasis, unrealizedPnl }: Position): number | null {
  return percentOf(unrealizedPnl, size(costBasis));
}

/** The day's result in percent of what the position was worth without it. */
export function dayChangePercent({ dayPnl, marketValue }: Position): number | null {
  return percentOf(dayPnl, size(minus(marketValue, dayPnl)));
}

/** Calendar days in New York until the last day, 0 on it, and unknown once it has gone by. */
export function daysToExpiry({ instrument: { expiry } }: Position, at: number): number | null {
  if (expiry === null || expiry.length !== 10) return null;
  const days = daysBetween(newYorkTime(at).date, expiry);
  return Number.isFinite(days) && days >= 0 ? days : null;
}

/** 1 when an option is worth exercising at the price of its underlying, which only a position in it tells us. */
export function inTheMoney({ instrument }: Position, prices: AccountView['prices']): number | null {
  const { right, strike, underlying } = instrument;
  const price = underlying === null ? undefined : prices.get(underlying);
  if (price === undefined || strike === null || right === null) return null;
  return (right === 'call' ? price > strike : price < strike) ? 1 : 0;
}

const ASSIGNMENT_DAYS = 5;

/** 1 when a short option is in the money within five days of its end: it may be assigned any night. */
export function shortInTheMoney(
  position: Position,
  prices: AccountView['prices'],
  at: number,
): number | null {
  const days = daysToExpiry(position, at);
  if (days === null) return null;
  return position.quantity >= 0 || days > ASSIGNMENT_DAYS ? 0 : inTheMoney(position, prices);
}

/** Seconds since `since`, ISO 8601 or ms since the epoch. */
export function secondsSince(since: string | number | null, at: number): number | null {
  const from = typeof since === 'string' ? Date.parse(since) : since;
  return from === null || !Number.isFinite(from) ? null : Math.max(0, (at - from) / 1000);
}

/** Every session is on at noon, a short one too. */
const NOON_MINUTE = 12 * 60;
const LATE_CLOSE_MINUTE = 17 * 60;

/**
 * 1 for an order that is good for this day only and still open when the US market has closed for the night; unknown
 * outside of the evening of a day of trading, when that cannot be told from an order for the next one.
 */
export function dayOrderAfterClose({ createdAt, timeInForce }: Order, at: number): number | null {
  if (timeInForce?.toLowerCase() !== 'day') return 0;
  const now = newYorkTime(at);
  const created = createdAt === null ? Number.NaN : Date.parse(createdAt);
  const noon = at - (now.minute - NOON_MINUTE) * 60_000;
  const isEvening = now.minute >= LATE_CLOSE_MINUTE && marketSession(at) === 'closed';
  if (Number.isNaN(created) || !isEvening || marketSession(noon) !== 'regular') return null;
  const entered = newYorkTime(created);
  const isBeforeClose = entered.minute < NOON_MINUTE || marketSession(created) === 'regular';
  return entered.date < now.date || isBeforeClose ? 1 : 0;
}

/**
 * Age of the balances or positions, the older of the two. An account-sync node speaks up when they turn stale, and
 * says nothing while they come and do not change: silence is no age.
 */
export function dataAgeSeconds({ trust }: AccountView, at: number): number | null {
  const ages = [trust.balances, trust.positions].flatMap((told) => (told === null ? [] : [ageOf(told, at)]));
  return ages.length === 0 ? null : Math.max(...ages);
}

/** How old figures are, in seconds: those that are not stale are as old as they were told to be. */
export function ageOf({ at: toldAt, stale, staleSeconds }: Told, at: number): number {
  return stale ? staleSeconds + Math.max(0, at - toldAt) / 1000 : staleSeconds;
}
