import type { Market } from './types.js';

const dayOf = (): string => new Date().toDateString();

/** Lets the market live by itself until the returned function is called. */
export const autoplay = (
  market: Market,
  { tickMs, tradeMs }: { readonly tickMs: number; readonly tradeMs: number },
): (() => void) => {
  let day = dayOf();
  const tick = (): void => {
    // Without the change of day a demo left running would keep every order it ever had.
    if (dayOf() !== day) {
      day = dayOf();
      market.startNewDay();
    }
    market.tick();
  };
  const timers = [
    ...(tickMs > 0 ? [setInterval(tick, tickMs).unref()] : []),
    ...(tradeMs > 0 ? [setInterval(() => market.trade(), tradeMs).unref()] : []),
  ];
  return () => timers.forEach((timer) => clearInterval(timer));
};
