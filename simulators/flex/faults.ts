/** The two questions of the service. */
export type Question = 'SendRequest' | 'GetStatement';

interface Active {
  readonly name: FaultName;
  readonly argument: string;
  /** Only this question goes wrong; null = both. */
  readonly at: Question | null;
  /** How often it still strikes. */
  left: number;
}

const NAMES = [
  'code',
  'http',
  'csv',
  'doctype',
  'truncated',
  'redirect',
  'slow',
  'outage-page',
  'echo',
  'no-positions-section',
  'empty-positions',
  'thousands',
] as const;
export type FaultName = (typeof NAMES)[number];
export const FLEX_FAULT_NAMES: readonly string[] = NAMES;

/** These come while a statement is waited for; all others when it is begun. */
const WHILE_WAITING: ReadonlySet<string> = new Set(['1004', '1017', '1019', '1021']);
const FAULT = /^([a-z-]+)((?:\*\d+)?(?:@[a-z]+)?)(?:=(.*))?$/;
const ARGUMENT = /^(.*?)(?:\*(\d+))?(?:@(send|get))?$/;

/** The faults that are on: `code=1019*3` and `csv*3` strike three times, `code=1018@get` only where a statement is fetched. */
export class FlexFaults {
  readonly #active = new Set<Active>();

  add(fault: string, argument?: string): { clear(): void } {
    const [, word = '', suffix = '', text] = FAULT.exec(fault) ?? [];
    const name = NAMES.find((known) => known === word);
    if (name === undefined) throw new RangeError(`there is no fault "${word}", only ${NAMES.join(', ')}`);
    const [, value = '', times, where] = ARGUMENT.exec(argument ?? text ?? suffix) ?? [];
    const active = {
      name,
      argument: value,
      at: questionOf(name, value, where),
      left: times === undefined ? Infinity : Number(times),
    };
    this.#active.add(active);
    return { clear: () => void this.#active.delete(active) };
  }

  clear(): void {
    this.#active.clear();
  }

  isOn(name: FaultName): boolean {
    return [...this.#active].some((active) => active.name === name);
  }

  /** The argument of a fault that strikes now, which counts as one of its times; null = none. */
  strike(name: FaultName, question: Question): string | null {
    for (const active of this.#active) {
      if (active.name !== name || (active.at !== null && active.at !== question) || active.left <= 0)
        continue;
      active.left -= 1;
      return active.argument;
    }
    return null;
  }
}

const questionOf = (name: FaultName, value: string, where: string | undefined): Question | null => {
  if (where !== undefined) return where === 'send' ? 'SendRequest' : 'GetStatement';
  switch (name) {
    case 'code':
      return WHILE_WAITING.has(value) ? 'GetStatement' : 'SendRequest';
    case 'csv':
    case 'doctype':
    case 'truncated':
      return 'GetStatement';
    case 'echo':
    case 'empty-positions':
    case 'http':
    case 'no-positions-section':
    case 'outage-page':
    case 'redirect':
    case 'slow':
    case 'thousands':
      return null;
  }
};
