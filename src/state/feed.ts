import { z } from 'zod';
import type { Book, KnownAccount } from '../feeds/book.js';
import type { Outbox, Waiting } from '../feeds/outbox.js';
import { opened, sealed } from './envelope.js';

/** What a feed remembers: whose topics are whose, and the alerts that no MQTT broker has acknowledged. */
export interface KeptFeed {
  readonly book: Book;
  readonly outbox: Outbox;
}

const VERSION = 1;
const word = z.string().nullable();
/** One level of a topic: a file that was changed must not lead anywhere else. */
const level = z.string().regex(/^[a-z0-9_-]{1,200}$/);
const Known = z.object({
  account: z.object({
    key: z.string(),
    label: z.string(),
    broker: z.string(),
    currency: word,
    connection: word,
  }),
  type: word,
  name: level,
  since: z.number().nullable().default(null),
}) satisfies z.ZodType<KnownAccount>;
const Alert = z.object({
  number: z.int().positive(),
  topic: z.string(),
  text: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
}) satisfies z.ZodType<Waiting>;
const Content = z.object({
  accounts: z.array(Known),
  retired: z.array(level),
  outbox: z.object({
    waiting: z.array(Alert),
    number: z.int().positive(),
    dropped: z.int().nonnegative(),
  }) satisfies z.ZodType<Outbox>,
});

export function encodeFeed({ book, outbox }: KeptFeed): string {
  const { accounts, retired } = book;
  return sealed(VERSION, JSON.stringify({ accounts: [...accounts.values()], retired, outbox }));
}

/** null when the text is damaged, or of another version of this package. */
export function decodeFeed(text: string): KeptFeed | null {
  const content = Content.safeParse(opened(VERSION, text)).data;
  if (content === undefined) return null;
  const accounts = new Map(content.accounts.map((known) => [known.account.key, known]));
  return { book: { accounts, retired: content.retired }, outbox: content.outbox };
}
