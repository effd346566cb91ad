/** What one endpoint's failures have led to; times on the monotonic clock, ms. Plain values, so it can be kept. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly trialAt: number; readonly openings: number }
  /** The one trial is on its way. */
  | { readonly kind: 'half-open'; readonly trialAt: number; readonly openings: number }
  /** Opened by decision: time alone mends nothing. */
  | { readonly kind: 'isolated' };

export type BreakerEvent =
  /** A call that `permits` let through goes out. */
  | 'sent'
  | 'succeeded'
  | 'failed'
  /** A call ended without a word about the endpoint: it was aborted, or told to wait. */
  | 'called-off'
  /** Only the user can help. */
  | 'isolated'
  /** Somebody with a backoff of their own tries: the next call is the trial. */
  | 'due'
  | 'reset';

export const CLOSED: BreakerState = { kind: 'closed', failures: 0 };

/** So many failures in a row, and asking goes on at the endpoint's expense only. */
export const FAILURES_UNTIL_OPEN = 5;
const FIRST_TRIAL_AFTER_MS = 30_000;
const LONGEST_UNTIL_TRIAL_MS = 5 * 60_000;

/** Whether a call may go out. While a trial is on its way there is no second one. */
export function permits(state: BreakerState, at: number): boolean {
  switch (state.kind) {
    case 'closed':
      return true;
    case 'open':
      return at >= state.trialAt;
    case 'half-open':
    case 'isolated':
      return false;
  }
}

/** The state after an event; the same object when it changed nothing. */
export function afterEvent(state: BreakerState, event: BreakerEvent, at: number): BreakerState {
  switch (event) {
    case 'reset':
      return CLOSED;
    case 'isolated':
      return state.kind === 'isolated' ? state : { kind: 'isolated' };
    case 'due':
      return afterDue(state, at);
    case 'sent':
      return state.kind === 'open' && at >= state.trialAt ? { ...state, kind: 'half-open' } : state;
    case 'called-off':
      return state.kind === 'half-open' ? { ...state, kind: 'open' } : state;
    case 'succeeded':
      return afterSuccess(state);
    case 'failed':
      return afterFailure(state, at);
  }
}

function afterDue(state: BreakerState, at: number): BreakerState {
  switch (state.kind) {
    case 'closed':
    case 'half-open':
      return state;
    case 'open':
      return state.trialAt <= at ? state : { ...state, trialAt: at };
    case 'isolated':
      return { kind: 'open', trialAt: at, openings: 1 };
  }
}

/** A late answer to a call from before the opening is as good as one to the trial; a decision stands. */
function afterSuccess(state: BreakerState): BreakerState {
  if (state.kind === 'isolated') return state;
  return state.kind === 'closed' && state.failures === 0 ? state : CLOSED;
}

function afterFailure(state: BreakerState, at: number): BreakerState {
  switch (state.kind) {
    case 'closed':
      return state.failures + 1 < FAILURES_UNTIL_OPEN
        ? { kind: 'closed', failures: state.failures + 1 }
        : opened(1, at);
    case 'half-open':
      return opened(state.openings + 1, at);
    case 'open':
    case 'isolated':
      return state;
  }
}

/** 30 s, doubled with each trial that failed, up to 5 min. */
function opened(openings: number, at: number): BreakerState {
  // Past 2^30 the bound is the cap anyway, and the power must not become infinite.
  const delayMs = FIRST_TRIAL_AFTER_MS * 2 ** Math.min(openings - 1, 30);
  return { kind: 'open', trialAt: at + Math.min(LONGEST_UNTIL_TRIAL_MS, delayMs), openings };
}
