import type { SecretStore } from '../../src/ports.js';

export type Act = 'read' | 'write' | 'remove';

/** A place that fails when the test says so, and that can be looked into. */
export class FlakySecret implements SecretStore {
  text: string | null = null;
  /** What fails; `forgets` = it takes a text and keeps another. */
  fails: (act: Act) => boolean = () => false;
  forgets: () => boolean = () => false;
  readonly done: Act[] = [];

  async read(): Promise<string | null> {
    this.#begin('read');
    return this.text;
  }

  async write(text: string): Promise<void> {
    this.#begin('write');
    this.text = this.forgets() ? text.slice(0, 1) : text;
  }

  async remove(): Promise<void> {
    this.#begin('remove');
    this.text = null;
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    return await work();
  }

  #begin(act: Act): void {
    if (this.fails(act)) throw new Error(`The place is locked (${act}).`);
    this.done.push(act);
  }
}
