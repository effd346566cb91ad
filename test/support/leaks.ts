import { formsIn } from './secret-forms.js';

/** What must not be found, and what to call it. */
export interface Marked {
  readonly name: string;
  readonly value: string;
}

/** A text and where it came out. */
export interface Outgoing {
  readonly where: string;
  readonly text: string;
}

/** What was found, without repeating it. */
export interface Leak {
  readonly where: string;
  readonly name: string;
  /** What stands around it. */
  readonly near: string;
}

interface Form extends Marked {
  readonly isNumber: boolean;
}

/** Every form has at least so many characters (`formsIn`). */
const GRAM = 6;
const AROUND = 40;

/** Looks for marked values, in any form, in any number of texts: one walk over each text, however many values there are. */
export class LeakSearch {
  /** first characters → forms that begin with them */
  readonly #byStart = new Map<string, Form[]>();

  constructor(marked: Iterable<Marked>) {
    for (const { name, value } of marked)
      for (const form of formsIn(value)) {
        const start = form.slice(0, GRAM);
        const forms = this.#byStart.get(start) ?? [];
        forms.push({ name, value: form, isNumber: /^\d+$/.test(form) });
        this.#byStart.set(start, forms);
      }
  }

  /** One leak for each name and place. */
  in(outgoing: Iterable<Outgoing>): readonly Leak[] {
    const found = new Map<string, Leak>();
    for (const { text, where } of outgoing)
      for (let at = 0; at + GRAM <= text.length; at += 1)
        for (const form of this.#byStart.get(text.slice(at, at + GRAM)) ?? [])
          if (isAt(form, text, at) && !found.has(`${where}|${form.name}`))
            found.set(`${where}|${form.name}`, { where, name: form.name, near: around(text, at, form) });
    return [...found.values()];
  }
}

/** Digits in the middle of more digits are part of another number. */
function isAt({ isNumber, value }: Form, text: string, at: number): boolean {
  if (!text.startsWith(value, at)) return false;
  return !isNumber || !(isDigit(text[at - 1]) || isDigit(text[at + value.length]));
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && /\d/.test(character);
}

function around(text: string, at: number, { name, value }: Form): string {
  const [before, after] = [text.slice(Math.max(0, at - AROUND), at), text.slice(at + value.length)];
  return `${before}<${name}>${after.slice(0, AROUND)}`;
}
