import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { TradingMode } from '../domain/account.js';
import type { Clock } from '../ports.js';
import { guardedPost, Refusal } from './admin-routes.js';
import { parseIbkrConfig } from './editor-config.js';
import type { IbkrConfig } from './editor-config.js';
import { hasPlaceholder, resolvePlaceholders } from './placeholders.js';

/** What the dialog shows; account numbers stay behind. */
export interface ConnectionTest {
  readonly ok: boolean;
  /** One sentence for the user. */
  readonly message: string;
  readonly accounts: readonly TestedAccount[];
  readonly serverVersion: number | null;
  /** Null when it could not be found out. */
  readonly readOnlyApi: boolean | null;
}

export interface TestedAccount {
  readonly label: string;
  readonly type: string | null;
  readonly tradingMode: TradingMode;
}

export interface TestRoute {
  readonly clock: Clock;
  /** One attempt with the dialog's values; a gateway that refuses is an answer, not an error. */
  readonly test: (values: IbkrConfig, signal: AbortSignal) => Promise<ConnectionTest>;
}

const unsaved = z.record(z.string(), z.unknown(), { error: 'The body must be the values of the dialog.' });

/** `POST brokerage/ibkr/:id/test`: the "Test connection" button, also before the first deploy. */
export function registerTestRoute(RED: NodeAPI, { clock, test }: TestRoute): void {
  guardedPost(RED, '/brokerage/ibkr/:id/test', {
    permission: 'brokerage.write',
    clock,
    schema: unsaved,
    // The answer may show what a variable holds, and whoever may deploy can read them anyway.
    alsoNeeds: (values) => (hasPlaceholder(values) ? 'flows.write' : null),
    handle: ({ id, body, signal }) => {
      const parsed = parseIbkrConfig(resolvePlaceholders(RED, id, body));
      if (!parsed.ok) throw new Refusal(400, 'invalid-values', parsed.message);
      return test(parsed.value, signal);
    },
  });
}
