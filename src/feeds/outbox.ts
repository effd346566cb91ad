/** An alert on its way. */
export interface Waiting {
  /** Tells it apart from every other, also from the same alert told again. */
  readonly number: number;
  readonly topic: string;
  readonly text: string;
  readonly severity: 'info' | 'warning' | 'critical';
}

/** Alerts that no MQTT broker has acknowledged yet, the oldest first. */
export interface Outbox {
  readonly waiting: readonly Waiting[];
  /** Of the next one. */
  readonly number: number;
  /** How many were given up because there were too many. */
  readonly dropped: number;
}

export const EMPTY_OUTBOX: Outbox = { waiting: [], number: 1, dropped: 0 };
/** Weeks of them; about a megabyte. */
export const MOST_WAITING = 1_000;

const LEAST_FIRST = ['info', 'warning', 'critical'] as const;

/** With one more. Where there are too many, the oldest of the least severe goes, which may be the new one. */
export function withWaiting(outbox: Outbox, alert: Omit<Waiting, 'number'>): Outbox {
  const waiting = [...outbox.waiting, { ...alert, number: outbox.number }];
  const number = outbox.number + 1;
  if (waiting.length <= MOST_WAITING) return { ...outbox, waiting, number };
  const least = LEAST_FIRST.find((severity) => waiting.some((one) => one.severity === severity));
  const victim = waiting.findIndex(({ severity }) => severity === least);
  return { waiting: waiting.toSpliced(victim, 1), number, dropped: outbox.dropped + 1 };
}

/** Without the one that was acknowledged. */
export function without(outbox: Outbox, number: number): Outbox {
  return { ...outbox, waiting: outbox.waiting.filter((one) => one.number !== number) };
}

/** With the alerts that were to go below one level of the topics below another: whoever waits for them listens there now. */
export function redirected(
  outbox: Outbox,
  { from, to }: { readonly from: string; readonly to: string },
): Outbox {
  const waiting = outbox.waiting.map((one) =>
    one.topic.startsWith(from) ? { ...one, topic: `${to}${one.topic.slice(from.length)}` } : one,
  );
  return { ...outbox, waiting };
}
