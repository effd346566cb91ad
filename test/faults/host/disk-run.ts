import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toldFile } from '../../../src/state/told-file.js';
import type { IbStage } from '../ib/stage.js';
import { breakFiles, type FileFaults } from './faulty-files.js';

/** Of the product's clock; a course has several of these waits. */
const RIGHT_WITHIN_MS = 250_000;
const NAME = 'account-sync.json';

/** One reader that remembers on a disk, from one life of its process to the next. */
export class DiskRun {
  readonly stage: IbStage;
  readonly warnings: string[] = [];
  readonly lost: string[] = [];
  readonly duplicates: string[] = [];
  /** Writes that failed. */
  failures = 0;
  readonly #root: string;
  #crashes = 0;
  /** The life that is under way. */
  #life = { isOver: false };

  constructor(stage: IbStage, root: string) {
    this.stage = stage;
    this.#root = root;
  }

  get path(): string {
    return join(this.#folder, NAME);
  }

  /** A process starts with what is on the disk. */
  start(): void {
    const warn = (text: string): void => {
      this.warnings.push(text);
      this.stage.observer.note(`warning: ${text.replace(this.#root, '')}`);
    };
    const file = toldFile({ path: this.path, clean: (words) => words, warn });
    const life = (this.#life = { isOver: false });
    this.stage.startProduct({
      memory: { connection: 'c1', told: file.load(), save: async (told) => await file.save(told), warn },
      onChange: (change) => {
        if (!life.isOver) this.stage.oracle.hear(change);
      },
    });
  }

  /** Waits for right and live figures, or notes that they did not come. */
  async comesRight(when: string): Promise<void> {
    const { observer, oracle } = this.stage;
    if (await observer.comesRight(RIGHT_WITHIN_MS)) return;
    this.lost.push(`the figures ${when}: ${oracle.differences()[0] ?? 'right, but not live'}`);
  }

  /** The returned function ends it. */
  breakFiles({ before, during }: FileFaults): () => void {
    const counted =
      <Act>(harm: ((act: Act) => void) | undefined) =>
      (act: Act): void => {
        try {
          harm?.(act);
        } catch (error) {
          this.failures += 1;
          throw error;
        }
      };
    return breakFiles(this.#folder, { before: counted(before), during: counted(during) });
  }

  /**
   * The process dies when a text gets its name for the nth time from now on: the next life finds the disk as it is
   * at that moment, and nothing that this one tells is heard any more. Returns whether it has happened.
   */
  crashAtRename(nth: number): () => boolean {
    const life = this.#life;
    let left = nth;
    const heal = breakFiles(this.#folder, {
      before: (act) => {
        if (act !== 'rename' || life.isOver) return;
        left -= 1;
        if (left > 0) return;
        const before = this.#folder;
        this.#crashes += 1;
        cpSync(before, this.#folder, { recursive: true });
        life.isOver = true;
        heal();
      },
    });
    return () => life.isOver;
  }

  /** Files that should not be there. */
  strayFiles(): readonly string[] {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder) : [];
    return names.filter((name) => name !== NAME && name !== `${NAME}.bad`).map((name) => `${name} is left`);
  }

  get #folder(): string {
    return join(this.#root, `life-${this.#crashes}`);
  }
}
