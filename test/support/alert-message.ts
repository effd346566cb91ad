/** An alert in the form in which the alert node sends it. */
export function alertMessage(account: { readonly key: string; readonly label: string }) {
  return {
    topic: 'Main: margin cushion is 8 %',
    payload: 'Margin cushion is 8 %.',
    title: 'Warning: margin cushion low',
    priority: 'normal',
    retain: false,
    qos: 1,
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
  };
}
