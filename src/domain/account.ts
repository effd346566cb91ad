/** The brokers we know; one word in topics, keys and messages. */
export type BrokerName = 'ibkr' | 'schwab';

export type TradingMode = 'paper' | 'live' | 'unknown';

/**
 * One account, without its number: the number stays inside the broker's adapter, so that nothing above it
 * can put one into a message, a topic, a status or a log.
 */
export interface Account {
  /** 12 hex digits, salted per installation (`accountKey`). */
  readonly key: string;
  readonly broker: BrokerName;
  /** Last four characters of the account number, the default label is `…` + these. */
  readonly lastFour: string;
  /** The broker's own word, lower case (`individual`, `margin`), null when it has not said. */
  readonly type: string | null;
  /** Base currency, ISO 4217, null until the broker named it. */
  readonly currency: string | null;
  readonly tradingMode: TradingMode;
}
