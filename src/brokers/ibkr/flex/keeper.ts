import type { Clock } from '../../../ports.js';
import { fetchStatements, type FlexSource } from './fetch-statements.js';
import { isDue } from './is-due.js';
import { figuresOf, type FlexFigures } from './normalize/figures.js';
import { latestOfEach } from './statement.js';

/** A look that failed is not repeated before this: failed requests lock a token. */
const AFTER_FAILURE_MS = 60_000;

/** Account number → its figures in one statement. */
export type FiguresByAccount = ReadonlyMap<string, FlexFigures>;

interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** Keeps the last statement, and asks for another when there can be one. */
export class StatementKeeper {
  readonly #source: FlexSource;
  #figures: FiguresByAccount;
  #askedAt: Moment;
  #failure: unknown = null;

  private constructor(source: FlexSource, figures: FiguresByAccount) {
    this.#source = source;
    this.#figures = figures;
    this.#askedAt = momentOf(source.clock);
  }

  /** Fetches the first one. @throws as `fetchStatements` */
  static async open(source: FlexSource, signal: AbortSignal): Promise<StatementKeeper> {
    return new StatementKeeper(source, await fetchFigures(source, signal));
  }

  get figures(): FiguresByAccount {
    return this.#figures;
  }

  /**
   * Makes sure that the kept statement is the newest that can be expected. After a failure it stays as it is, and who asks
   * again soon hears of the same failure: it must not look confirmed.
   * @throws as `fetchStatements`
   */
  async update(signal: AbortSignal): Promise<void> {
    const ageMs = age(this.#askedAt, momentOf(this.#source.clock));
    if (this.#failure !== null && ageMs < AFTER_FAILURE_MS) throw this.#failure;
    if (this.#failure === null && !this.#isDue(ageMs)) return;
    try {
      this.#figures = await fetchFigures(this.#source, signal);
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
      throw error;
    } finally {
      this.#askedAt = momentOf(this.#source.clock);
    }
  }

  #isDue(ageMs: number): boolean {
    const days = [...this.#figures.values()].map(({ reportDate }) => reportDate ?? '');
    // The newest: an account that was closed keeps its last day for ever.
    const reportDate = days.toSorted().at(-1) ?? '';
    return isDue({ ageMs, reportDate: reportDate === '' ? null : reportDate, at: this.#source.clock.now() });
  }
}

async function fetchFigures(source: FlexSource, signal: AbortSignal): Promise<FiguresByAccount> {
  const latest = latestOfEach(await fetchStatements(source, signal));
  return new Map([...latest].map(([number, statement]) => [number, figuresOf(statement)]));
}

function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** The longer of the two: the one stands still while a machine sleeps, the other may be set back. */
function age(from: Moment, to: Moment): number {
  return Math.max(to.wall - from.wall, to.monotonic - from.monotonic);
}
