import type { Fields } from '../fields.js';
import { fieldsOf, type FieldSpec } from './layout.js';
import { COMPLETED_ORDER, EXECUTION, OPEN_ORDER } from './order-layouts.js';

/** A frame in which no two fields are alike, with the value that each name should decode to. */
export interface SentinelFrame {
  readonly fields: Fields;
  readonly values: Readonly<Record<string, string>>;
}

/** A decoder that is one field off stays silent on real frames full of zeros; on these it cannot. */
export const sentinelFrames = (
  serverVersion: number,
): {
  readonly openOrder: SentinelFrame;
  readonly completedOrder: SentinelFrame;
  readonly execDetails: SentinelFrame;
} => ({
  openOrder: sentinelFrame('5', fieldsOf(OPEN_ORDER, serverVersion)),
  completedOrder: sentinelFrame('101', fieldsOf(COMPLETED_ORDER, serverVersion)),
  execDetails: sentinelFrame('11', fieldsOf(EXECUTION, serverVersion)),
});

const sentinelFrame = (id: string, specs: readonly FieldSpec[]): SentinelFrame => {
  const values = specs.map((spec, index) => [spec.name, sentinel(spec, index)] as const);
  return { fields: [id, ...values.map(([, value]) => value)], values: Object.fromEntries(values) };
};

const sentinel = ({ name, kind, unset }: FieldSpec, index: number): string => {
  switch (kind) {
    case 'text':
      return `~${name}`;
    case 'integer':
      return String(10_000 + index);
    case 'double':
      return `${20_000 + index}.25`;
    case 'flag':
      return String(index % 2);
    case 'fixed':
      return unset;
  }
};
