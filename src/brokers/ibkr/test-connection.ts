import { sentenceOf } from '../../errors.js';
import type { AccountKey, Clock } from '../../ports.js';
import { chooseAccounts } from './choose-accounts.js';
import type { IbkrOptions } from './config.js';
import { Exchanges } from './exchanges.js';
import { connectGateway, type Gateway, type GatewayMessage } from './gateway.js';
import { nextRequestId } from './request-id.js';

/** How long the gateway may take over each of the two questions. */
const ANSWER_WITHIN_MS = 5_000;

export interface GatewayTest {
  readonly ok: boolean;
  /** Sentences for the user. */
  readonly message: string;
  readonly accounts: readonly {
    readonly label: string;
    readonly type: string | null;
    readonly tradingMode: 'paper' | 'live' | 'unknown';
  }[];
  readonly serverVersion: number | null;
  /** null = the gateway did not say. */
  readonly readOnlyApi: boolean | null;
}

/** One connection, two questions, good bye: what the "Test connection" button tells. Never throws for what a gateway does. */
export async function testGateway(
  options: IbkrOptions,
  { clock, accountKey }: { readonly clock: Clock; readonly accountKey: AccountKey },
  signal: AbortSignal,
): Promise<GatewayTest> {
  const exchanges = new Exchanges(clock);
  const types = new Map<string, string>();
  let gateway: Gateway | null = null;
  const message = (news: GatewayMessage): void => listen(news, { exchanges, types });
  try {
    gateway = await connectGateway({
      // The deployed connection holds the client id that was entered.
      address: { ...options, clientId: options.clientId + 900_000 },
      clock,
      events: { message, idle: () => {}, unreadable: () => {}, ended: (error) => exchanges.end(error) },
      signal,
    });
    const { accounts, unknown } = chooseAccounts(gateway.accountNumbers, options, accountKey);
    await accountTypes(gateway, exchanges);
    const readOnlyApi = await isReadOnly(gateway, exchanges);
    const found = accounts.map(({ account, number }) => ({
      label: `…${account.lastFour}`,
      type: types.get(number) ?? null,
      tradingMode: account.tradingMode,
    }));
    return {
      ok: true,
      message: summary(found, { unknown, readOnlyApi }),
      accounts: found,
      serverVersion: gateway.serverVersion,
      readOnlyApi,
    };
  } catch (error) {
    return {
      ok: false,
      message: sentenceOf(error),
      accounts: [],
      serverVersion: gateway?.serverVersion ?? null,
      readOnlyApi: null,
    };
  } finally {
    exchanges.end();
    gateway?.close();
  }
}

function listen(
  news: GatewayMessage,
  { exchanges, types }: { readonly exchanges: Exchanges; readonly types: Map<string, string> },
): void {
  if (news.kind === 'summary' && news.row.key === 'AccountType')
    types.set(news.row.account, news.row.value.toLowerCase());
  if (news.kind === 'requestEnd') exchanges.settle(`request:${news.row.requestId}`);
  if (news.kind === 'openOrderEnd') exchanges.settle('open-orders');
  if (news.kind === 'error' && news.row.code === 321) exchanges.settle('read-only');
}

/** The types are an extra: an account without one is still an account. */
async function accountTypes(gateway: Gateway, exchanges: Exchanges): Promise<void> {
  const id = nextRequestId();
  const question = { key: `request:${id}`, what: 'the account types', timeoutMs: ANSWER_WITHIN_MS };
  await Promise.allSettled([
    exchanges.ask(question, () => gateway.api.reqAccountSummary(id, 'All', 'AccountType')),
  ]);
}

/** Read-only when the gateway refuses to list open orders, not when it lists them; silence says nothing. */
async function isReadOnly(gateway: Gateway, exchanges: Exchanges): Promise<boolean | null> {
  const refused = exchanges
    .ask({ key: 'read-only', what: 'its answer', timeoutMs: ANSWER_WITHIN_MS }, () => {})
    .then(() => true);
  const listed = exchanges
    .ask({ key: 'open-orders', what: 'the open orders', timeoutMs: ANSWER_WITHIN_MS }, () =>
      gateway.api.reqAllOpenOrders(),
    )
    .then(() => false);
  return await Promise.any([refused, listed]).catch(() => null);
}

function summary(
  accounts: GatewayTest['accounts'],
  { unknown, readOnlyApi }: { readonly unknown: readonly string[]; readonly readOnlyApi: boolean | null },
): string {
  const sentences = [
    `Connected; ${accounts.length === 1 ? 'one account' : `${accounts.length} accounts`} found.`,
  ];
  if (unknown.length > 0)
    sentences.push(`Not found: ${unknown.map((name) => `…${name.slice(-4)}`).join(', ')}.`);
  if (readOnlyApi === true) {
    sentences.push('Read-Only API is on: balances, positions and fills come, open orders do not.');
  }
  return sentences.join(' ');
}
