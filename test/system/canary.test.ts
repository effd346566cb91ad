import assert from 'node:assert/strict';
import { z } from 'zod';
import {
  createMarket,
  startSchwabSimulator,
  startTwsSimulator,
  type SchwabSimulator,
  type TwsSimulator,
} from '../../simulators/index.js';
import { canaryFlow } from '../support/canary-flow.js';
import { Evidence } from '../support/evidence.js';
import { LeakSearch, type Leak, type Marked } from '../support/leaks.js';
import { missingMosquitto, startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { poll } from '../support/poll.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';
import { noSecretService, startSecretService, type SecretService } from '../support/secret-service.js';
import { logInFor } from '../support/schwab-login.js';

/** With what addresses, JSON and base64 write differently. */
const APP = { appKey: 'canary/app+key="of&32%characters', appSecret: 'canary"secret+/1' };
const FLEX_TOKEN = '740192836501928374650192';
const MISPLACED = 'Canary16Misplace';
const WRONG_CODE = 'C0.b2F1dGgyLmJkYy5zY2h3YWIuY29t.canary-code_that-Schwab-never-gave-0001@';
const FOREIGN_NUMBER = '68402957';
const MQTT_LOGIN = { user: 'feed', password: 'canary:mqtt/pass"word+9' };
const TYPED_PASSWORD = 'canaryTypedIntoAnAddress7';

/** Where a marked value may stand, and why. */
const EXEMPT: readonly { readonly name: string; readonly where: RegExp }[] = [
  // OAuth wants the app key in the address that the user opens (RFC 6749, 4.1.1).
  { name: 'appKey', where: /^http POST .*\/login\/begin$/ },
  // What the user has typed into a plain field stands in the flow, and the flow is the user's.
  { name: 'misplaced', where: /^file \.?flows\.json(\.backup)?$|^http GET \/(flows|flow\/global)$/ },
  {
    name: 'typed MQTT password',
    where: /^file \.?flows\.json(\.backup)?$|^http GET \/(flows|flow\/global)$/,
  },
  { name: 'foreign number', where: /^file \.?flows\.json(\.backup)?$|^http GET \/(flows|flow\/global)$/ },
];
const TRACE = `logging: { console: { level: 'trace', metrics: true, audit: true } },`;
const GETS = [
  '/flows',
  '/flow/tab',
  '/flow/global',
  '/settings',
  '/settings/user',
  '/diagnostics',
  '/nodes',
  '/context/global',
  '/credentials/schwab-config/c-schwab',
  '/credentials/schwab-config/c-bad',
  '/credentials/ibkr-config/c-ibkr',
  '/credentials/mqtt-broker/m-feed',
  '/brokerage/schwab/c-schwab/login',
  '/brokerage/schwab/c-schwab/secrets',
  '/brokerage/ibkr/c-ibkr/secrets',
  '/brokerage/schwab/c-bad/login',
  '/brokerage/c-schwab/diagnostics',
  '/brokerage/c-ibkr/diagnostics',
  `/brokerage/schwab/callback?code=${encodeURIComponent(WRONG_CODE)}&state=forged`,
] as const;

const Begun = z.object({ url: z.url() });

function unexpected(leaks: readonly Leak[]): readonly Leak[] {
  return leaks.filter(
    (leak) => !EXEMPT.some(({ name, where }) => name === leak.name && where.test(leak.where)),
  );
}

describe('marked secrets and account numbers of both brokers', function () {
  this.timeout(120_000);
  const evidence = new Evidence();
  let mosquitto: Mosquitto;
  let tws: TwsSimulator;
  let schwab: SchwabSimulator;
  let nodeRed: NodeRedProcess;
  let keychain: SecretService;

  before(async function () {
    const reason = missingMosquitto() ?? noSecretService();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    mosquitto = await startMosquitto();
    const market = createMarket({ accounts: 2, schwabAccounts: 2 });
    [tws, schwab] = await Promise.all([
      startTwsSimulator({ market }),
      startSchwabSimulator({ market, ...APP }),
    ]);
    keychain = await startSecretService();
    nodeRed = await startNodeRed({ settings: TRACE, env: keychain.env });
  });
  after(async () => {
    await nodeRed?.stop();
    await Promise.all([tws?.close(), schwab?.close(), mosquitto?.close(), keychain?.stop()]);
  });

  const ask = async (path: string, body?: object): Promise<string> => await evidence.ask(nodeRed, path, body);
  const refresh = async (): Promise<void> => void (await ask('/ask'));
  const login = (step: string): string => `/brokerage/schwab/c-schwab/login/${step}`;
  const marked = (): readonly Marked[] => {
    const { ibkr, schwab: other } = schwab.market.ledger();
    return [
      ...Object.entries(APP).map(([name, value]) => ({ name, value })),
      ...schwab.handedOut.map((value) => ({ name: 'code or token', value })),
      ...ibkr.accounts.map(({ account }) => ({ name: 'IBKR account number', value: account })),
      ...other.accounts.map(({ accountNumber }) => ({
        name: 'Schwab account number',
        value: accountNumber,
      })),
      ...other.accounts.map(({ accountNumber }) => ({
        name: 'account hash',
        value: schwab.book.state(accountNumber).hashValue,
      })),
      { name: 'Flex token', value: FLEX_TOKEN },
      { name: 'misplaced', value: MISPLACED },
      { name: 'MQTT password', value: MQTT_LOGIN.password },
      { name: 'typed MQTT password', value: TYPED_PASSWORD },
      { name: 'wrong code', value: WRONG_CODE },
      { name: 'foreign number', value: FOREIGN_NUMBER },
    ];
  };

  it('come from nowhere but the store while everything goes well, and wrong, and is asked for', async () => {
    await logInFor('c-schwab', { schwab, userDir: nodeRed.userDir });
    let leave = evidence.listenToEditor(nodeRed);
    const flow = canaryFlow({
      mqttPort: mosquitto.port,
      twsPort: tws.port,
      schwabUrl: schwab.url,
      credentials: APP,
      mqttLogin: MQTT_LOGIN,
      typedPassword: TYPED_PASSWORD,
      misplaced: MISPLACED,
      foreignNumber: FOREIGN_NUMBER,
    });
    const live = (broker: string) => new RegExp(`^canary/${broker}/.*/status .*"state":"live"`);
    const bothLive = async (cause: () => Promise<void>): Promise<void> =>
      void (await Promise.all([mosquitto.hears(live('ibkr'), cause), mosquitto.hears(live('schwab'))]));
    await bothLive(async () => await nodeRed.deploy(flow));
    // The feeds: one publishes, the other one says why it cannot.
    for (const words of [
      /^brokerage\/[^/]+\/positions\/\S+ \{/,
      /^brokerage\/[^/]+\/alerts \{/,
      /^homeassistant\/device\/brokerage_[0-9a-f]{12}\/config \{/,
      /127\.0\.0\.1:1 refuses connections/,
    ])
      await poll(() => (mosquitto.frames.some((frame) => words.test(frame)) ? true : null), {
        withinMs: 20_000,
        what: `a frame with ${words}`,
      });
    // The value that was entered is not repeated.
    await mosquitto.hears(/callbackUrl is a text of 16 characters/, refresh);
    await mosquitto.hears(/None of the accounts entered \(…2957\)/, refresh);

    // Schwab repeats header and account numbers, in each of its kinds of error.
    for (const [fault, argument, words] of [
      ['schwab-echo', '403', /Schwab refused GET/],
      ['schwab-echo', '500', /Schwab cannot answer/],
      ['schwab-html-200', '', /a web page instead of figures/],
    ] as const) {
      const on = schwab.fault(fault, argument);
      await mosquitto.hears(words, refresh);
      on.clear();
    }
    // TWS names its accounts in an error.
    const numbers = schwab.market.ledger().ibkr.accounts.map(({ account }) => account);
    await mosquitto.hears(/could not read a request/, () =>
      tws.notice(320, `Unable to parse ${numbers.join(' and ')} in stmt_${numbers.join('_')}_`),
    );

    // Schwab's token server repeats key, secret and token; the user logs in again, at first with a wrong code.
    const echo = schwab.fault('schwab-token-echo');
    schwab.forgetAccessTokens();
    await mosquitto.hears(/Schwab refused the login/, refresh);
    echo.clear();
    const begin = async (): Promise<URL> =>
      new URL(Begun.parse(JSON.parse(await ask(login('begin'), begun))).url);
    const begun = { callbackUrl: schwab.callbackUrl, apiUrl: schwab.url };
    await begin();
    assert.match(
      await ask(login('complete'), { pasted: `https://127.0.0.1/?code=${WRONG_CODE}` }),
      /"ok":false/,
    );
    const state = (await begin()).searchParams.get('state') ?? '';
    await mosquitto.hears(live('schwab'), async () => {
      assert.match(await ask(login('complete'), { pasted: schwab.authorize(state) }), /"ok":true/);
    });
    await ask(login('begin'), { ...begun, callbackUrl: MISPLACED, ...APP });
    await ask('/brokerage/ibkr/c-ibkr/test', {
      host: '127.0.0.1',
      port: tws.port,
      accounts: FOREIGN_NUMBER,
    });
    await ask('/brokerage/ibkr/c-ibkr/test', { host: '127.0.0.1', port: MISPLACED });

    // Secrets go to the keychain, which is locked when the next one comes.
    const secretsOf = (node: string): string => `/brokerage/${node}/secrets`;
    assert.match(await ask(secretsOf('ibkr/c-ibkr'), { flexToken: FLEX_TOKEN }), /"flexToken":true/);
    assert.match(await ask(`${secretsOf('schwab/c-schwab')}/move`, { store: 'keychain' }), /read back/);
    await keychain.lock();
    assert.match(await ask(secretsOf('schwab/c-schwab'), APP), /is locked/);
    await ask('/brokerage/secrets/c-schwab/probe', { store: 'keychain' });

    // It is there again after a restart, until it ends.
    evidence.add('printed', nodeRed.output());
    await bothLive(async () => await nodeRed.restart());
    leave();
    leave = evidence.listenToEditor(nodeRed);
    schwab.revokeLogin();
    await mosquitto.hears(/The Schwab login has ended/, refresh);
    for (const path of GETS) await ask(path);
    await evidence.takeFiles(nodeRed.userDir);
    leave();
    evidence.add('printed', nodeRed.output());
    for (const text of mosquitto.frames) evidence.add('mqtt', text);

    assert.deepEqual(unexpected(new LeakSearch(marked()).in(evidence.outgoing)), []);
    assert.deepEqual([...schwab.violations, ...tws.violations], []);
  });

  it('were looked for in all that came out', () => {
    const seen = new Set(evidence.outgoing.map(({ where }) => where));
    for (const where of [
      'printed',
      'mqtt',
      'editor',
      'name of a file',
      'file flows.json',
      'file flows_cred.json',
      'file brokerage/mqtt-feed-feed.json',
      'file brokerage/mqtt-feed-feed-lost.json',
    ])
      assert.ok(seen.has(where), where);
    assert.ok([...seen].some((where) => /^file brokerage\/schwab-c-schwab-login-\w+\.json$/.test(where)));
    const text = (where: string): string =>
      evidence.outgoing.flatMap((out) => (out.where === where ? [out.text] : [])).join('\n');
    assert.match(text('printed'), /\[trace\]|\[metric\]/);
    assert.match(text('editor'), /"topic":"status\//);
    assert.match(text('http GET /credentials/mqtt-broker/m-feed'), /"has_password":true/);
    assert.match(text('http GET /credentials/schwab-config/c-schwab'), /"has_appSecret":true/);
    // The exemptions are needed, so the search finds what is there.
    const found = new LeakSearch(marked()).in(evidence.outgoing);
    for (const { name, where } of EXEMPT)
      assert.ok(
        found.some((leak) => leak.name === name && where.test(leak.where)),
        `${name} in ${where}`,
      );
  });
});
