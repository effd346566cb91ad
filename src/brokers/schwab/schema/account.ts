import { z } from 'zod';
import { SchwabInstrument } from './instrument.js';
import {
  AccountNumber,
  FlagOrNull,
  NumberOrMissing,
  NumberOrNull,
  SizeOrNull,
  TextOrNull,
} from './values.js';

/** One row of `positions`. Both quantities ≥ 0; `marketValue` < 0 for a short one. */
export const SchwabPosition = z.object({
  longQuantity: NumberOrMissing,
  shortQuantity: NumberOrMissing,
  averagePrice: SizeOrNull,
  marketValue: NumberOrNull,
  currentDayProfitLoss: NumberOrNull,
  currentDayCost: NumberOrNull,
  longOpenProfitLoss: NumberOrNull,
  shortOpenProfitLoss: NumberOrNull,
  previousSessionLongQuantity: NumberOrNull,
  previousSessionShortQuantity: NumberOrNull,
  instrument: SchwabInstrument,
});
export type SchwabPosition = Readonly<z.infer<typeof SchwabPosition>>;

const CurrentBalances = z.object({
  liquidationValue: NumberOrNull,
  cashBalance: NumberOrNull,
  moneyMarketFund: NumberOrNull,
  marginBalance: NumberOrNull,
  longMarketValue: NumberOrNull,
  longOptionMarketValue: NumberOrNull,
  shortMarketValue: NumberOrNull,
  shortOptionMarketValue: NumberOrNull,
  accruedInterest: NumberOrNull,
  buyingPower: NumberOrNull,
  availableFunds: NumberOrNull,
  cashAvailableForTrading: NumberOrNull,
  equity: NumberOrNull,
  maintenanceRequirement: NumberOrNull,
  unsettledCash: NumberOrNull,
});
export type CurrentBalances = Readonly<z.infer<typeof CurrentBalances>>;

/** Of the opening only these: its fund, bond and short-stock values are garbage in every real answer. */
const OpeningBalances = z.object({ liquidationValue: NumberOrNull, isInCall: FlagOrNull });
const ProjectedBalances = z.object({ isInCall: FlagOrNull });

export const SchwabAccount = z.object({
  securitiesAccount: z.object({
    accountNumber: AccountNumber,
    type: TextOrNull,
    /** Missing when it was not asked for, and also when there is none. */
    positions: z.array(z.unknown()).nullish(),
    currentBalances: CurrentBalances,
    initialBalances: OpeningBalances.nullish(),
    projectedBalances: ProjectedBalances.nullish(),
  }),
});
export type SchwabAccount = Readonly<z.infer<typeof SchwabAccount>>;

export const SchwabAccountNumber = z.object({ accountNumber: AccountNumber, hashValue: z.string().min(1) });
