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
export { SCHWAB_FAULT_NAMES } from './schwab/faults.js';
export { SIMULATED_APP_KEY, SIMULATED_APP_SECRET, SIMULATED_CALLBACK } from './schwab/app.js';
export { startSchwabSimulator } from './schwab/start.js';
export type { SchwabRequest, SchwabSimulator, SchwabSimulatorOptions } from './schwab/simulator.js';
export type { SchwabBook } from './schwab/book/book.js';
export type { SchwabLedgerAccount } from './schwab/book/ledger.js';
export { FLEX_FAULT_NAMES } from './flex/faults.js';
export { SIMULATED_FLEX_QUERY, SIMULATED_FLEX_TOKEN, startFlexSimulator } from './flex/start.js';
export type { FlexRequest, FlexSimulator, FlexSimulatorOptions } from './flex/simulator.js';
