import type { Market } from '../../../simulators/index.js';
import type { Chance } from '../../../src/ports.js';
import { between } from '../play.js';

/** One step of a person with accounts at Schwab: mostly an order, now and then money or shares come and go; prices move. */
export function tradeAtSchwab(market: Pick<Market, 'schwab' | 'tick'>, chance: Chance): void {
  const { schwab: book } = market;
  const account = book.accounts[between(chance, 0, book.accounts.length - 1)] ?? '';
  const amount = between(chance, 100, 90_000) / 100;
  const kind = chance();
  if (kind < 0.08) book.depositCash(account, amount);
  else if (kind < 0.14 && book.state(account).cash > amount) book.withdraw(account, amount);
  else if (kind < 0.18) book.dividend(account, 'MSFT', amount);
  else if (kind < 0.22) book.transferIn(account, { symbol: 'IBM', quantity: between(chance, 1, 9) });
  else book.trade();
  if (chance() < 0.4) market.tick();
}
