/** A field of a long message: `from` and `below` are the server versions that have it. */
export interface FieldSpec {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'double' | 'flag' | 'fixed';
  /** What real TWS sends when there is nothing to say. */
  readonly unset: string;
  readonly from?: number;
  readonly below?: number;
}

type Gate = Pick<FieldSpec, 'from' | 'below'>;

const several =
  (kind: FieldSpec['kind'], unset: string) =>
  (names: string, gate: Gate = {}): readonly FieldSpec[] =>
    names.split(' ').map((name) => ({ name, kind, unset, ...gate }));

/** Each takes a list of names in wire order, separated by blanks. */
export const texts = several('text', '');
export const flags = several('flag', '0');
export const integers = (names: string, unset = '', gate: Gate = {}): readonly FieldSpec[] =>
  several('integer', unset)(names, gate);
export const doubles = (names: string, unset = '', gate: Gate = {}): readonly FieldSpec[] =>
  several('double', unset)(names, gate);
export const text = (name: string, unset: string): FieldSpec => ({ name, kind: 'text', unset });
/** Decides what follows it, so that no test value may stand there. */
export const fixed = (name: string, unset: string, gate: Gate = {}): FieldSpec => ({
  name,
  kind: 'fixed',
  unset,
  ...gate,
});

const isSent = ({ from = 0, below = Infinity }: FieldSpec, serverVersion: number): boolean =>
  serverVersion >= from && serverVersion < below;

export const fieldsOf = (layout: readonly FieldSpec[], serverVersion: number): readonly FieldSpec[] =>
  layout.filter((spec) => isSent(spec, serverVersion));

/** The layout with the named values in it. */
export const fillIn = (
  layout: readonly FieldSpec[],
  serverVersion: number,
  values: Readonly<Record<string, string>>,
): readonly string[] => fieldsOf(layout, serverVersion).map(({ name, unset }) => values[name] ?? unset);
