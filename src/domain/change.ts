import type { Activity } from './activity.js';
import type { Execution } from './execution.js';
import type { Order } from './order.js';
import type { Position } from './position.js';

/** One change of one thing; `eventId` is the same whenever the same change is told again. */
export type Change = { readonly eventId: string } & (
  | { readonly of: 'positions'; readonly change: 'opened'; readonly before: null; readonly after: Position }
  | {
      readonly of: 'positions';
      readonly change: 'changed';
      readonly before: Position;
      readonly after: Position;
    }
  | { readonly of: 'positions'; readonly change: 'closed'; readonly before: Position; readonly after: null }
  | { readonly of: 'orders'; readonly change: 'opened'; readonly before: null; readonly after: Order }
  | {
      readonly of: 'orders';
      readonly change: 'changed' | 'closed';
      readonly before: Order | null;
      readonly after: Order;
    }
  | {
      readonly of: 'executions';
      readonly change: 'reported';
      readonly before: Execution | null;
      readonly after: Execution;
    }
  | {
      readonly of: 'activities';
      readonly change: 'reported';
      readonly before: null;
      readonly after: Activity;
    }
);
