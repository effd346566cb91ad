import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { freePort, listen } from '../../demo/ports.js';
import { launchBrowser, missingBrowser, watchPage } from '../support/browser.js';
import { isRunning, startDemo, type DemoProcess } from '../support/demo-process.js';
import { poll } from '../support/poll.js';

/** Prices rest long enough that a page, a topic and the ledger can be seen to agree. */
const CALM = ['--tick-ms', '3000', '--trade-ms', '0'];
const LABELS = [
  'Main',
  'Retirement',
  'Euro',
  'Schwab Trading',
  'Schwab Retirement',
  'Schwab Savings',
] as const;
const WAIT = { withinMs: 20_000 } as const;

const ledgerSchema = z.object({
  ibkr: z.object({
    accounts: z.array(
      z.object({
        baseCurrency: z.string(),
        balances: z.object({ netLiquidation: z.number(), dayPnl: z.number(), totalCash: z.number() }),
      }),
    ),
  }),
  schwab: z.object({
    accounts: z.array(
      z.object({
        netLiquidation: z.number(),
        dayPnl: z.number(),
        cash: z.number(),
        moneyMarket: z.number(),
        marginBalance: z.number(),
      }),
    ),
  }),
});
const summarySchema = z.object({
  currency: z.string(),
  net_liquidation: z.number(),
  day_pnl: z.number(),
  cash: z.number(),
});
const flowSchema = z.object({ rev: z.string(), flows: z.array(z.looseObject({ id: z.string() })) });
const V2 = { 'Node-RED-API-Version': 'v2' } as const;

describe('npm start', function () {
  this.timeout(60_000);
  let userDir: string;
  let occupant: Server;
  let taken: number;
  let demo: DemoProcess;

  before(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'brokerage-demo-'));
    occupant = createServer();
    taken = await listen(occupant, 0);
    demo = await startDemo('scripts/start.mjs', [...(await places(userDir)), '--port', String(taken)]);
  });
  after(async () => {
    await demo.stop();
    occupant.close();
    await rm(userDir, { recursive: true, force: true, maxRetries: 3 });
  });

  it('takes another port where one is taken, and says so', () => {
    assert.match(demo.output(), new RegExp(`Port ${taken} is taken, so the editor takes another one`));
    assert.notEqual(new URL(demo.address('Editor')).port, String(taken));
  });

  it('shows on the dashboard what the accounts hold, as it moves', async function () {
    const missing = missingBrowser();
    if (missing !== null) {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ locale: 'en-US' });
      const misdeeds = watchPage(page);
      await page.goto(demo.address('Dashboard'));
      const first = await agreed(demo, () => shown(page), 'the dashboard shows what the ledger says');
      const moved = await agreed(demo, () => shown(page), 'the dashboard follows the ledger', first);
      assert.notDeepEqual(moved, first);
      const dollars = await dollarsOfPositions(page);
      assert.ok(dollars.length > 12, 'positions in dollars of accounts in dollars and in euro');
      assert.deepEqual(
        dollars,
        dollars.toSorted((one, two) => two - one),
      );
      assert.deepEqual(misdeeds, []);
    } finally {
      await browser.close();
    }
  });

  it('publishes the same figures to MQTT', async () => {
    const client = await mqtt.connectAsync(demo.address('MQTT broker'));
    const summaries = new Map<string, string>();
    client.on('message', (topic, payload) => void summaries.set(topic, payload.toString()));
    await client.subscribeAsync('brokerage/+/summary', { qos: 1 });
    try {
      await agreed(demo, () => LABELS.map((label) => published(summaries, label)), 'MQTT equals the ledger');
    } finally {
      await client.endAsync();
    }
  });

  it('leaves no process and no open port behind', async () => {
    await renameTab(demo, 'My own flow');
    const children = demo.children();
    const ports = [demo.address('Editor'), demo.address('MQTT broker'), demo.address('Ledger')]
      .map((address) => Number(new URL(address).port))
      .concat(Number(demo.address('TWS').split(':')[1]));
    assert.equal(await demo.stop(), 0);
    assert.deepEqual(children.filter(isRunning), []);
    // Listening on each of them shows that nobody else does.
    for (const port of ports) assert.equal(await freePort(port), port);
  });

  it('keeps what the user changed for the next start, also when the ports are others', async () => {
    demo = await startDemo('dist/demo/cli.js', await places(userDir));
    const { flows } = await flowOf(demo);
    assert.equal(flows.find(({ id }) => id === 'demo-tab')?.['label'], 'My own flow');
    const client = await mqtt.connectAsync(demo.address('MQTT broker'));
    const topics = new Set<string>();
    client.on('message', (topic) => void topics.add(topic));
    await client.subscribeAsync('brokerage/+/summary');
    await poll(() => (topics.size === LABELS.length ? true : null), {
      ...WAIT,
      what: 'a summary of each account',
    });
    await client.endAsync();
  });

  it('ends with a sentence when a part of it ends', async function () {
    const [nodeRed] = demo.children();
    if (nodeRed === undefined) {
      console.log('      skipped: this system does not tell which processes a process has started');
      this.skip();
    }
    process.kill(nodeRed, 'SIGKILL');
    assert.equal(await demo.ended, 1);
    assert.match(demo.output(), /Node-RED ended \(SIGKILL\)\. The demo stops\./);
  });
});

async function places(userDir: string): Promise<readonly string[]> {
  const free = async (): Promise<string> => String(await freePort(0));
  return [
    ...CALM,
    '--user-dir',
    userDir,
    '--port',
    await free(),
    '--mqtt-port',
    await free(),
    '--tws-port',
    await free(),
    '--schwab-port',
    await free(),
  ];
}

/** The net liquidations, day P&Ls and cash that the ledger and a reader show alike. */
async function agreed(
  demo: DemoProcess,
  read: () => Promise<readonly string[]> | readonly string[],
  what: string,
  unlike: readonly string[] = [],
): Promise<readonly string[]> {
  const ask = async (): Promise<readonly string[] | null> => {
    const truth = await ledger(demo);
    const seen = await read();
    const isEqual = JSON.stringify(truth) === JSON.stringify(seen);
    return isEqual && JSON.stringify(truth) !== JSON.stringify(unlike) ? truth : null;
  };
  return await poll(ask, { ...WAIT, what });
}

async function ledger(demo: DemoProcess): Promise<readonly string[]> {
  const { ibkr, schwab } = ledgerSchema.parse(await (await fetch(demo.address('Ledger'))).json());
  return [
    ...ibkr.accounts.map(({ balances, baseCurrency }) =>
      line([balances.netLiquidation, balances.dayPnl, balances.totalCash], baseCurrency),
    ),
    ...schwab.accounts.map(({ cash, dayPnl, marginBalance, moneyMarket, netLiquidation }) =>
      line([netLiquidation, dayPnl, cash + marginBalance + moneyMarket], 'USD'),
    ),
  ];
}

async function shown(page: Page): Promise<readonly string[]> {
  const figure = async (label: string, field: string): Promise<string> => {
    const found = page.locator(`[data-account="${label}"] [data-field="${field}"]`);
    return (await found.count()) === 0 ? '' : (await found.innerText()).trim();
  };
  const lines = LABELS.map(async (label) =>
    [
      await figure(label, 'netLiquidation'),
      await figure(label, 'dayPnl'),
      await figure(label, 'totalCash'),
    ].join(' '),
  );
  return await Promise.all(lines);
}

/** The market values in dollars, from the top of the table of all accounts to its end. */
async function dollarsOfPositions(page: Page): Promise<readonly number[]> {
  const texts = await page.locator('tr:has(> .bk-owner) > td:nth-child(6)').allInnerTexts();
  return texts
    .map((text) => text.trim())
    .filter((text) => /^-?\$/.test(text))
    .map((text) => Number(text.replaceAll(/[$,]/g, '')));
}

function published(summaries: ReadonlyMap<string, string>, label: string): string {
  const text = summaries.get(`brokerage/${label.toLowerCase().replaceAll(' ', '_')}/summary`);
  if (text === undefined) return '';
  const { cash, currency, day_pnl, net_liquidation } = summarySchema.parse(JSON.parse(text));
  return line([net_liquidation, day_pnl, cash], currency);
}

/** As the page writes them; the middle one is a gain or a loss, with its sign. */
function line([worth = NaN, gain = NaN, cash = NaN]: readonly number[], currency: string): string {
  const plain = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  const signed = new Intl.NumberFormat('en-US', { style: 'currency', currency, signDisplay: 'exceptZero' });
  return `${plain.format(worth)} ${signed.format(gain)} ${plain.format(cash)}`;
}

async function flowOf(demo: DemoProcess): Promise<z.infer<typeof flowSchema>> {
  return flowSchema.parse(await (await fetch(`${demo.address('Editor')}flows`, { headers: V2 })).json());
}

async function renameTab(demo: DemoProcess, label: string): Promise<void> {
  const { flows, rev } = await flowOf(demo);
  const changed = flows.map((node) => (node.id === 'demo-tab' ? { ...node, label } : node));
  const response = await fetch(`${demo.address('Editor')}flows`, {
    method: 'POST',
    headers: { ...V2, 'content-type': 'application/json' },
    body: JSON.stringify({ rev, flows: changed }),
  });
  assert.ok(response.ok, `the deploy was refused: ${response.status}`);
}
