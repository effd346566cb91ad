/** An alert as the alert node tells it, for what no rule says quickly. */
export function alertByHand(more: Readonly<Record<string, unknown>> = {}) {
  return {
    topic: 'Main: by hand',
    title: 'Warning: by hand',
    payload: 'By hand.',
    priority: 'normal',
    retain: false,
    qos: 1,
    alert: { id: '00000000000000aa', ruleId: 'by-hand', state: 'firing', severity: 'warning', count: 1 },
    ...more,
  };
}
