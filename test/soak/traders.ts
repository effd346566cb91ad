import type { Market } from '../../simulators/index.js';
import type { Chance } from '../../src/ports.js';

/** An order with each step: it is filled, filled in part, canceled, or left to work. */
export function tradeBusily(market: Market, chance: Chance): void {
  if (chance() < 0.5) market.tick();
  const account = pick(market.accounts, chance);
  const conId = pick(instruments(market, 'traded'), chance);
  if (account === undefined || conId === undefined) return;
  const side = chance() < 0.5 ? 'BUY' : 'SELL';
  const permId = market.placeOrder({ account, conId, side, quantity: 4, orderType: 'MKT' });
  const roll = chance();
  if (roll < 0.6) market.fillOrder(permId);
  else if (roll < 0.8) market.fillOrder(permId, 1);
  if (roll > 0.7 && roll < 0.9) market.cancelOrder(permId);
}

/** An order now and then; else transfers in kind, which open, move and close positions and leave no record. */
export function tradeQuietly(market: Market, chance: Chance): void {
  market.tick();
  if (chance() < 0.03) return tradeBusily(market, chance);
  const account = pick(market.accounts, chance);
  const conId = pick(instruments(market, 'transferred'), chance);
  if (account === undefined || conId === undefined) return;
  const held = market.position(account, conId)?.quantity ?? 0;
  const moved = chance() < 0.5 ? 10 : -10;
  market.addPosition(account, { conId, quantity: held !== 0 && chance() < 0.3 ? -held : moved });
}

/** A transfer books the fills of its line anew, so that no line has both. */
function instruments(market: Market, what: 'traded' | 'transferred'): readonly number[] {
  const rest = what === 'traded' ? 0 : 1;
  return market.instruments.map(({ conId }) => conId).filter((_, index) => index % 2 === rest);
}

function pick<T>(values: readonly T[], chance: Chance): T | undefined {
  return values[Math.floor(chance() * values.length)];
}
