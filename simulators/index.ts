export { createMarket, type MarketOptions } from './market/market.js';
export type {
  Ledger,
  LedgerAccount,
  LedgerBalances,
  LedgerExecution,
  LedgerOrder,
  LedgerPosition,
} from './market/ledger.js';
export type { Market, MarketEvent, NewOrder } from './market/types.js';
export { FAULT_NAMES } from './tws/behaviours/table.js';
export { sentinelFrames, type SentinelFrame } from './tws/encode/sentinels.js';
export { startTwsSimulator, type TwsSimulator, type TwsSimulatorOptions } from './tws/start.js';
