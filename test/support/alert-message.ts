import { alertByHand } from './alert-by-hand.js';

/** An alert of an account in every detail, as the mqtt feed takes it. */
export function alertMessage(account: { readonly key: string; readonly label: string }) {
  return alertByHand({
    topic: 'Main: margin cushion is 8 %',
    title: 'Warning: margin cushion low',
    alert: {
      id: '00000000000000aa',
      ruleId: 'cushion-low',
      state: 'firing',
      severity: 'warning',
      metric: 'cushion',
      value: 0.08,
      threshold: 0.1,
      unit: 'fraction',
      account,
      instrument: null,
      startedAt: '2026-11-24T15:00:00.000Z',
      resolvedAt: null,
      asOf: '2026-11-24T15:00:00.000Z',
      stale: false,
      count: 1,
    },
  });
}
