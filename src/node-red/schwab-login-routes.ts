import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { Clock } from '../ports.js';
import { guardedGet, guardedPost, openGet, Refusal } from './admin-routes.js';
import { parseSchwabConfig, type SchwabConfig } from './editor-config.js';
import { rememberCode } from './known-secrets.js';
import { messagePage } from './message-page.js';
import { hasPlaceholder, resolvePlaceholders, type UnsavedValues } from './placeholders.js';
import { said } from './said.js';

/** What became of a login. Times in ms since the epoch. */
interface Result {
  readonly ok: boolean;
  readonly message: string;
  readonly accounts: readonly { readonly label: string; readonly type: string | null }[];
  readonly loginExpiresAt: number | null;
}

/** The broker's side of logging in. */
export interface LoginDesk {
  begin(nodeId: string, values: SchwabConfig): { readonly url: string; readonly expiresAt: number };
  complete(nodeId: string, pasted: string): Promise<Result>;
  redirected(address: string): Promise<Result>;
  look(nodeId: string): Promise<{
    readonly state: 'none' | 'valid' | 'expiring' | 'ended';
    readonly loginExpiresAt: number | null;
    readonly pending: boolean;
    readonly result: Result | null;
  }>;
}

export interface LoginRoutes {
  readonly clock: Clock;
  readonly desk: LoginDesk;
}

const LONGEST_PASTE = 4_000;

const unsaved = z.record(z.string(), z.unknown(), { error: 'The body must be the values of the dialog.' });
const pasted = z.object(
  { pasted: z.string().max(LONGEST_PASTE, 'This is too long for an address.') },
  { error: 'The body must hold what was pasted.' },
);
const StoredCredentials = z.object({
  appKey: z.string().optional().catch(undefined),
  appSecret: z.string().optional().catch(undefined),
});

/** The routes behind "Log in at Schwab"; they work before the first deploy, too. */
export function registerLoginRoutes(RED: NodeAPI, { clock, desk }: LoginRoutes): void {
  guardedPost(RED, '/brokerage/schwab/:id/login/begin', {
    permission: 'brokerage.write',
    clock,
    schema: unsaved,
    alsoNeeds: (values) => (hasPlaceholder(values) ? 'flows.write' : null),
    handle: async ({ id, body }) => {
      const values = parseSchwabConfig({ ...stored(RED, id), ...resolvePlaceholders(RED, id, body) });
      if (!values.ok) throw new Refusal(400, 'invalid-values', values.message);
      const { expiresAt, url } = desk.begin(id, values.value);
      return { url, expiresAt: iso(expiresAt) };
    },
  });
  guardedPost(RED, '/brokerage/schwab/:id/login/complete', {
    permission: 'brokerage.write',
    clock,
    schema: pasted,
    handle: async ({ id, body }) => {
      rememberCode(body.pasted);
      return shown(await desk.complete(id, body.pasted));
    },
  });
  guardedGet(RED, '/brokerage/schwab/:id/login', {
    permission: 'brokerage.read',
    handle: async (id) => {
      const look = await desk.look(id);
      return {
        ...look,
        loginExpiresAt: iso(look.loginExpiresAt),
        result: look.result === null ? null : shown(look.result),
      };
    },
  });
  openGet(RED, '/brokerage/schwab/callback', {
    clock,
    handle: async (address) => {
      rememberCode(address);
      const { message, ok } = await desk.redirected(address);
      const next = ok
        ? 'You can close this tab and go back to Node-RED.'
        : 'Go back to Node-RED and log in again.';
      return messagePage(ok ? 'Logged in at Schwab' : 'Not logged in', [said(message), next]);
    },
  });
}

/** What the dialog does not send, because the browser never gets it back. */
function stored(RED: NodeAPI, id: string): UnsavedValues {
  const credentials = StoredCredentials.safeParse(RED.nodes.getNode(id)?.credentials);
  return credentials.success ? credentials.data : {};
}

function shown(result: Result) {
  return { ...result, loginExpiresAt: iso(result.loginExpiresAt) };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
