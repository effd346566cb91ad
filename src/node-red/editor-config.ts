import { z } from 'zod';
import { labels } from './account-labels.js';
import { field } from './config-field.js';
import {
  apiUrl,
  callbackUrl,
  digits,
  flexUrl,
  host,
  list,
  oneOf,
  secret,
  text,
  trueOrFalse,
  wholeNumber,
  wholeNumberIfAny,
} from './config-values.js';
import { secondGatewayTrouble } from './second-gateway.js';

export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };

const version = field<1>({
  name: 'version',
  fallback: 1,
  read: (raw) =>
    Number(raw) === 1
      ? { right: 1 }
      : { wrong: 'this node was saved by a newer version of the package, so update the package' },
});

const LARGEST_INT32 = 2_147_483_647;
const DAY_SECONDS = 86_400;

const ibkrConfig = z.object({
  version,
  name: text('name', ''),
  host: host('host', '127.0.0.1'),
  port: wholeNumber({ name: 'port', fallback: 4002, from: 1, to: 65_535 }),
  clientId: wholeNumber({
    name: 'clientId',
    fallback: 17,
    from: 1,
    to: LARGEST_INT32,
    because: 'with 0, TWS binds the orders you place by hand to this connection',
  }),
  tradingMode: oneOf('tradingMode', ['any', 'paper', 'live']),
  accounts: list('accounts', {
    pattern: /^…?[A-Za-z0-9]{4,20}$/,
    wrong: 'it must be account numbers or their last four digits, separated by commas',
  }),
  /** A second gateway is there when either is given: '' and null = as the first one's. */
  backupHost: host('backupHost', ''),
  backupPort: wholeNumberIfAny({ name: 'backupPort', from: 1, to: 65_535 }),
  /** '' = no reports are fetched. */
  flexQueryId: digits('flexQueryId', 'the number of a query, as Client Portal shows it'),
  flexUrl: flexUrl('flexUrl'),
  secretStore: oneOf('secretStore', ['node-red', 'keychain']),
});

/** An IBKR connection as the editor saves it. */
export type IbkrConfig = Readonly<z.infer<typeof ibkrConfig>>;

const flexToken = z.object({ flexToken: secret('flexToken') });

/** The token of the Flex Web Service among the secrets of a connection; '' = it was not entered. */
export function flexTokenIn(secrets: unknown): string {
  return flexToken.safeParse(secrets).data?.flexToken ?? '';
}

const schwabConfig = z.object({
  version,
  name: text('name', ''),
  callbackUrl: callbackUrl('callbackUrl', 'https://127.0.0.1'),
  apiUrl: apiUrl('apiUrl', 'https://api.schwabapi.com'),
  accounts: list('accounts', {
    pattern: /^…?[A-Za-z0-9]{4,20}$/,
    wrong: 'it must be account numbers or their last four digits, separated by commas',
  }),
  streamer: trueOrFalse('streamer', false),
  secretStore: oneOf('secretStore', ['node-red', 'keychain']),
  appKey: secret('appKey'),
  appSecret: secret('appSecret'),
});

/** A Schwab connection as the editor saves it, with its secrets, which are '' as long as they are not known. */
export type SchwabConfig = Readonly<z.infer<typeof schwabConfig>>;

const accountSyncConfig = z.object({
  version,
  name: text('name', ''),
  /** Id of a broker config node, '' when none is chosen yet. */
  connection: text('connection', ''),
  /** Id of a second one, '' when there is none. */
  fallback: text('fallback', ''),
  accounts: list('accounts', {
    pattern: /^[^/]{1,60}$/,
    wrong: 'it must be labels or last four digits, separated by commas',
  }),
  emit: oneOf('emit', ['snapshots', 'changes']),
  pollSeconds: wholeNumber({ name: 'pollSeconds', fallback: 60, from: 5, to: DAY_SECONDS }),
  coalesceMs: wholeNumber({ name: 'coalesceMs', fallback: 250, from: 0, to: 60_000 }),
  staleAfterSeconds: wholeNumber({
    name: 'staleAfterSeconds',
    fallback: 900,
    from: 10,
    to: 7 * DAY_SECONDS,
  }),
  labels: labels('labels'),
});

/** An account-sync node as the editor saves it. */
export type AccountSyncConfig = Readonly<z.infer<typeof accountSyncConfig>>;

/** The message has one sentence for each property that does not fit. */
export function parseIbkrConfig(config: unknown): Parsed<IbkrConfig> {
  const parsed = answer(ibkrConfig.safeParse(config));
  if (!parsed.ok) return parsed;
  const trouble = secondGatewayTrouble(parsed.value);
  return trouble === null ? parsed : { ok: false, message: trouble };
}

/** The message has one sentence for each property that does not fit; it never repeats a secret. */
export function parseSchwabConfig(config: unknown): Parsed<SchwabConfig> {
  return answer(schwabConfig.safeParse(config));
}

/** As `parseSchwabConfig`, for whoever needs the secrets too. */
export function parseSchwabApp(config: unknown): Parsed<SchwabConfig> {
  const parsed = parseSchwabConfig(config);
  if (!parsed.ok || (parsed.value.appKey !== '' && parsed.value.appSecret !== '')) return parsed;
  const missing = parsed.value.appKey === '' ? 'app key' : 'app secret';
  return {
    ok: false,
    message: `The ${missing} of your app at developer.schwab.com is missing: enter it in the connection.`,
  };
}

/** The message has one sentence for each property that does not fit. */
export function parseAccountSyncConfig(config: unknown): Parsed<AccountSyncConfig> {
  return answer(accountSyncConfig.safeParse(config));
}

function answer<Value>(result: z.ZodSafeParseResult<Value>): Parsed<Value> {
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, message: result.error.issues.map((issue) => issue.message).join('; ') };
}
