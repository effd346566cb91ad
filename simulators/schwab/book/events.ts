import type { ActivityState, OrderState } from './state.js';

/** What just became true; the ledger already shows it when a listener hears of it. */
export type BookEvent =
  | { readonly kind: 'placed'; readonly order: OrderState }
  | { readonly kind: 'filled'; readonly order: OrderState; readonly activity: ActivityState }
  | { readonly kind: 'canceled'; readonly order: OrderState; readonly activity: ActivityState | null }
  | { readonly kind: 'rejected'; readonly order: OrderState }
  | {
      readonly kind: 'replaced';
      readonly order: OrderState;
      readonly old: OrderState;
      readonly activity: ActivityState;
    }
  | { readonly kind: 'money'; readonly accountNumber: string }
  | { readonly kind: 'new-day' };
