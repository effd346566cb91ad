import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { ConfigError } from '../errors.js';
import type { Clock } from '../ports.js';
import { guardedGet, guardedPost, openGet, Refusal } from './admin-routes.js';
import { parseSchwabApp, parseSchwabConfig, type SchwabConfig } from './editor-config.js';
import { rememberCode } from './known-secrets.js';
import { messagePage } from './message-page.js';
import { hasPlaceholder, resolvePlaceholders } from './placeholders.js';
import { said } from './said.js';
import type { SecretStoreName } from './secret-places.js';

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
  /** Looks whether the login of a deployed connection can be read. @throws ConfigError when it cannot */
  readonly ready: (nodeId: string) => Promise<void>;
  /** The secrets that the dialog does not send, because the browser never gets them back. */
  readonly secretsOf: (nodeId: string, store: SecretStoreName) => Promise<Readonly<Record<string, string>>>;
}

const LONGEST_PASTE = 4_000;

const unsaved = z.record(z.string(), z.unknown(), { error: 'The body must be the values of the dialog.' });
const pasted = z.object(
  { pasted: z.string().max(LONGEST_PASTE, 'This is too long for an address.') },
  { error: 'The body must hold what was pasted.' },
);

/** The routes behind "Log in at Schwab"; they work before the first deploy, too. */
export function registerLoginRoutes(RED: NodeAPI, { clock, desk, ready, secretsOf }: LoginRoutes): void {
  /** A keychain that is locked says nothing of a login; a connection without an app key has none. */
  const isReadable = async (id: string): Promise<boolean> => {
    try {
      await ready(id);
      return true;
    } catch (error) {
      if (!(error instanceof ConfigError) || error.code !== 'no-app') throw error;
      return false;
    }
  };
  guardedPost(RED, '/brokerage/schwab/:id/login/begin', {
    permission: 'brokerage.write',
    clock,
    schema: unsaved,
    alsoNeeds: (values) => (hasPlaceholder(values) ? 'flows.write' : null),
    handle: async ({ id, body }) => {
      const dialog = resolvePlaceholders(RED, id, body);
      const given = parseSchwabConfig(dialog);
      if (!given.ok) throw new Refusal(400, 'invalid-values', given.message);
      const values = parseSchwabApp({ ...(await secretsOf(id, given.value.secretStore)), ...dialog });
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
      const first = await desk.look(id);
      const look =
        first.state === 'none' && !first.pending && (await isReadable(id)) ? await desk.look(id) : first;
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

function shown(result: Result) {
  return { ...result, loginExpiresAt: iso(result.loginExpiresAt) };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
