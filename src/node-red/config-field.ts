import { z } from 'zod';

/** Why a property is refused; `shown` replaces the value in the sentence where the value is private. */
export interface Wrong {
  readonly wrong: string;
  readonly shown?: string;
}

export interface Right<Value> {
  readonly right: Value;
}

export interface Field<Value> {
  readonly name: string;
  /** What an old flow, in which the property is missing or left blank, means. */
  readonly fallback: Value;
  readonly read: (raw: unknown) => Right<Value> | Wrong;
}

const PLACEHOLDER = /^\$\{([^}]+)\}$/;
/** A key, a token or an account number in the wrong field is longer than this. */
const SHOWN_LENGTH = 7;

/** A property as the editor saves it: a string where a number is meant, blank, or not there at all. */
export function field<Value>({ name, fallback, read }: Field<Value>) {
  return z
    .unknown()
    .optional()
    .transform((raw, context) => {
      if (isBlank(raw)) return fallback;
      const answer = unresolved(raw) ?? read(raw);
      if ('right' in answer) return answer.right;
      context.addIssue({
        code: 'custom',
        message: `${name} is ${answer.shown ?? show(raw)}: ${answer.wrong}`,
      });
      return z.NEVER;
    });
}

function isBlank(raw: unknown): boolean {
  return raw === undefined || raw === null || (typeof raw === 'string' && raw.trim() === '');
}

/** Node-RED leaves a placeholder as it is when the variable is not set. */
function unresolved(raw: unknown): Wrong | null {
  const variable = typeof raw === 'string' ? PLACEHOLDER.exec(raw.trim())?.[1] : undefined;
  return variable === undefined
    ? null
    : { shown: JSON.stringify(raw), wrong: `no environment variable ${variable} is set` };
}

/** The value as a person recognises it, unless it can be a secret in the wrong field. */
function show(raw: unknown): string {
  if (typeof raw === 'string' && URL.canParse(raw) && new URL(raw).host !== '')
    return JSON.stringify(raw.replace(/\/\/[^/@]*@/, '//…@').replace(/[?#].*$/s, '?…'));
  const text = typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? typeof raw);
  if (text.length > SHOWN_LENGTH) return `a text of ${text.length} characters`;
  return JSON.stringify(raw) ?? text;
}
