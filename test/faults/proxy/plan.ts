import type { Chance } from '../../../src/ports.js';

/** What a proxy does with bytes, one after the other. Times on the proxy's clock, ms. */
export type Step =
  | { readonly kind: 'pass'; readonly bytes: Buffer; readonly dueAt: number }
  /** Both sides of the connection end. */
  | { readonly kind: 'cut'; readonly how: 'fin' | 'reset'; readonly dueAt: number }
  /** From here on the connection passes nothing in this direction, not even its end. */
  | { readonly kind: 'deaf'; readonly dueAt: number };

/** What becomes of bytes that arrive, or would be passed, at a moment. */
export type Plan = (bytes: Buffer, at: number) => readonly Step[];

/** A way to harm a connection; each direction of each connection gets a plan of its own, which may count. */
export interface Toxic {
  readonly name: string;
  /** Nobody hears of the end of a connection either. */
  readonly swallowsEnd?: boolean;
  readonly plan: (chance: Chance) => Plan;
}

/** Bytes through one plan after the other; what ends the connection ends the bytes behind it. */
export function throughAll(plans: readonly Plan[], bytes: Buffer, at: number): readonly Step[] {
  return plans.reduce<readonly Step[]>(
    (steps, plan) => steps.flatMap((step) => (step.kind === 'pass' ? plan(step.bytes, step.dueAt) : [step])),
    [{ kind: 'pass', bytes, dueAt: at }],
  );
}
