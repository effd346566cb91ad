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
const SHOWN_LENGTH = 60;

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
  return variable === undefined ? null : { wrong: `no environment variable ${variable} is set` };
}

/** The value as a person recognises it, short enough for a status or a log line. */
export function show(raw: unknown): string {
  const text = JSON.stringify(raw) ?? typeof raw;
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
