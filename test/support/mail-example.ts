import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { MailServer } from './mail-server.js';

const FILE = new URL('../../../examples/flows/alerts-by-mail.json', import.meta.url);
const ExampleNode = z.looseObject({
  id: z.string(),
  type: z.string(),
  wires: z.array(z.array(z.string())).default([]),
});
export type ExampleNode = z.infer<typeof ExampleNode>;

export interface MailExample {
  readonly mail: MailServer;
  readonly rules: readonly object[];
  readonly triesAgainAfterMs: number;
}

/** The example whose mails wait until the mail server takes them, before a server of the tests. */
export function mailExample({
  mail: { login, port },
  rules,
  triesAgainAfterMs,
}: MailExample): readonly ExampleNode[] {
  const ours: Readonly<Record<string, object>> = {
    'account-alert': { rules },
    'e-mail': {
      server: '127.0.0.1',
      port: String(port),
      secure: false,
      // The certificate of the server is its own.
      tls: false,
      name: 'owner@example.org',
      credentials: login,
    },
    delay: { timeout: String(triesAgainAfterMs), timeoutUnits: 'milliseconds' },
  };
  return EXAMPLE.map((node) => ({ ...node, ...ours[node.type] }));
}

const EXAMPLE = z.array(ExampleNode).parse(JSON.parse(readFileSync(FILE, 'utf8')));

/** The id of the one node of this type. */
export function idInExample(type: string): string {
  const found = EXAMPLE.find((node) => node.type === type);
  if (found === undefined) throw new Error(`The example has no ${type}.`);
  return found.id;
}
