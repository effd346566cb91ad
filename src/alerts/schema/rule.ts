import { z } from 'zod';
import { EVENT_METRICS, NUMBER_METRICS } from '../metric-names.js';
import { defaultClearAt, isSafeSide } from '../machine/condition.js';
import { oneLine } from '../text/inert.js';
import { numberField, numberIfAny, oneOf, textField, trueOrFalse, wordsField } from './fields.js';

const LEVEL_OPERATORS = ['<', '>', '<=', '>=', 'outside'] as const;
const EDGE_OPERATORS = ['crosses', 'crossesUp', 'crossesDown'] as const;
const EVENT_OPERATORS = ['changed', 'appeared', 'vanished', 'event'] as const;

export type LevelOperator = (typeof LEVEL_OPERATORS)[number];
export type EdgeOperator = (typeof EDGE_OPERATORS)[number];

const YEAR_SECONDS = 366 * 86_400;
/** Messages shorten what is too long; a rule is not lost for a long name. */
const LONGEST_TEXT = 100_000;

/** A bar parts the fields of a key, so that an id must not hold one. */
const id = z
  .unknown()
  .refine((raw) => typeof raw === 'string' && /^[A-Za-z0-9][\w.:-]{0,63}$/.test(raw), {
    message:
      'must be 1 to 64 letters, digits, dots, colons, hyphens or underscores, and begin with a letter or a digit',
  })
  .pipe(z.string());

const Scope = z
  .object({ account: textField(80), symbol: textField(80), assetClass: textField(40) })
  .nullish()
  .transform((scope) => scope ?? { account: '', symbol: '', assetClass: '' });

const NoData = z
  .union(
    [
      z.literal(['hold', '']).transform(() => null),
      z
        .object({ alertAfterSeconds: numberField({ from: 1, to: YEAR_SECONDS }) })
        .transform(({ alertAfterSeconds }) => alertAfterSeconds),
    ],
    { error: `must be hold, or alertAfterSeconds with a number from 1 to ${YEAR_SECONDS}` },
  )
  .nullish()
  .transform((seconds) => ({ alertAfterSeconds: seconds ?? null }));

const seconds = (fallback: number) => numberField({ fallback, from: 0, to: YEAR_SECONDS });

const common = {
  id,
  enabled: trueOrFalse(true),
  name: textField(LONGEST_TEXT),
  scope: Scope,
  severity: oneOf(['info', 'warning', 'critical'], 'warning'),
  cooldownSeconds: seconds(900),
  marketHoursOnly: trueOrFalse(false),
  template: textField(LONGEST_TEXT),
};

const withSpan = {
  forSeconds: seconds(0),
  keepFiringSeconds: seconds(0),
  repeatSeconds: seconds(0),
  resolveMessage: trueOrFalse(true),
  noData: NoData,
};

const LevelRule = z
  .object({
    ...common,
    ...withSpan,
    metric: oneOf(NUMBER_METRICS),
    operator: oneOf(LEVEL_OPERATORS),
    threshold: numberField({}),
    clearAt: numberIfAny(),
  })
  .transform((rule) => ({ kind: 'level' as const, ...rule, clearAt: rule.clearAt ?? defaultClearAt(rule) }))
  .refine((rule) => rule.operator !== 'outside' || rule.threshold > 0, {
    path: ['threshold'],
    message: 'must be greater than 0 with the operator outside',
  })
  .refine((rule) => (rule.operator === 'outside' && rule.threshold <= 0) || isSafeSide(rule), {
    path: ['clearAt'],
    message: 'lies on the wrong side of the threshold: the alert would end while the condition still holds',
  });

const EdgeRule = z
  .object({
    ...common,
    metric: oneOf(NUMBER_METRICS),
    operator: oneOf(EDGE_OPERATORS),
    threshold: numberField({}),
    clearAt: numberIfAny(),
  })
  .transform(({ clearAt, ...rule }) => ({
    kind: 'edge' as const,
    ...rule,
    /** How far beyond the threshold, on the other side, a value must have been before a crossing counts again. */
    band: Math.abs((clearAt ?? rule.threshold * 0.98) - rule.threshold),
  }));

const EventRule = z
  .object({
    ...common,
    metric: oneOf(EVENT_METRICS),
    operator: oneOf(EVENT_OPERATORS),
    /** Words that are meant; none = all. */
    threshold: wordsField,
  })
  .transform((rule) => ({ kind: 'event' as const, ...rule }));

export type LevelRule = Readonly<z.infer<typeof LevelRule>>;
export type EdgeRule = Readonly<z.infer<typeof EdgeRule>>;
export type EventRule = Readonly<z.infer<typeof EventRule>>;

/** One rule as the editor saves it, with everything that was left out. Durations in seconds, thresholds in the metric's unit. */
export type Rule = LevelRule | EdgeRule | EventRule;
export type Severity = Rule['severity'];

const Head = z.looseObject({
  operator: oneOf([...LEVEL_OPERATORS, ...EDGE_OPERATORS, ...EVENT_OPERATORS], '<'),
});

/** A rule, or sentences that say which rule does not fit, and where. `position` counts from 1. */
export function parseRule(raw: unknown, position: number): Rule | readonly string[] {
  const head = Head.safeParse(raw);
  const name = nameOf(raw, position);
  if (!head.success) return sentences(name, head.error);
  const schema = schemaFor(head.data.operator);
  const parsed = schema.safeParse({ ...head.data });
  return parsed.success ? parsed.data : sentences(name, parsed.error);
}

function schemaFor(operator: string): typeof LevelRule | typeof EdgeRule | typeof EventRule {
  if (EDGE_OPERATORS.some((word) => word === operator)) return EdgeRule;
  return EVENT_OPERATORS.some((word) => word === operator) ? EventRule : LevelRule;
}

/** The good rules are kept, whatever the others are: one typing error must not silence the rest. */
export function parseRules(raw: unknown): {
  readonly rules: readonly Rule[];
  readonly problems: readonly string[];
} {
  const list = z.array(z.unknown()).safeParse(raw ?? []);
  if (!list.success)
    return { rules: [], problems: ['The rules of this node are no list: enter them again.'] };
  const rules = new Map<string, Rule>();
  const problems: string[] = [];
  list.data.forEach((one, index) => {
    const parsed = parseRule(one, index + 1);
    if (!('kind' in parsed)) problems.push(...parsed);
    else if (rules.has(parsed.id))
      problems.push(`${nameOf(one, index + 1)}: another rule has the same id, so this one is not used.`);
    else rules.set(parsed.id, parsed);
  });
  return { rules: [...rules.values()], problems };
}

function sentences(name: string, error: z.ZodError): readonly string[] {
  return error.issues.map(({ message, path }) =>
    path.length === 0 ? `${name} is no rule.` : `${name}: ${path.join('.')} ${message}.`,
  );
}

const Named = z.looseObject({ id: z.unknown().optional(), name: z.unknown().optional() });

function nameOf(raw: unknown, position: number): string {
  const { id: own, name } = Named.safeParse(raw).data ?? {};
  const word = [name, own].find((text) => typeof text === 'string' && text.trim() !== '');
  return typeof word === 'string' ? `Rule ${position} (${oneLine(word, 60)})` : `Rule ${position}`;
}
