import assert from 'node:assert/strict';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { leakyFlow } from '../support/canary-flow.js';
import { Evidence } from '../support/evidence.js';
import { LEAKED_FILE, plantLeakyNode } from '../support/leaky-node.js';
import { LeakSearch, type Marked } from '../support/leaks.js';
import { missingMosquitto, startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { linkPackage, startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';
import { poll } from '../support/poll.js';

const SECRET = 'planted"leak+/16';
const WITHOUT_REDACTOR = new URL('../support/without-redactor.js', import.meta.url).href;

describe('the search for marked values', function () {
  this.timeout(60_000);
  const evidence = new Evidence();
  let mosquitto: Mosquitto;
  let tws: TwsSimulator;
  let nodeRed: NodeRedProcess;

  before(async function () {
    const reason = missingMosquitto();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    mosquitto = await startMosquitto();
    tws = await startTwsSimulator({ market: createMarket({ accounts: 2 }) });
    nodeRed = await startNodeRed({
      env: { LEAK: SECRET, NODE_OPTIONS: `--import=${WITHOUT_REDACTOR}` },
      install: async (userDir) => {
        await linkPackage(userDir);
        await plantLeakyNode(userDir);
      },
    });
  });
  after(async () => {
    await nodeRed?.stop();
    await Promise.all([tws?.close(), mosquitto?.close()]);
  });

  const placesOf = (...marked: readonly Marked[]): ReadonlySet<string> => {
    const frames = mosquitto.frames.map((text) => ({ where: 'mqtt', text }));
    return new Set(new LeakSearch(marked).in([...evidence.outgoing, ...frames]).map(({ where }) => where));
  };

  it('finds what a node leaks, in each place where it does', async () => {
    const leave = evidence.listenToEditor(nodeRed);
    const flow = leakyFlow({ mqttPort: mosquitto.port, twsPort: tws.port });
    await mosquitto.hears(/canary\/leak /, async () => await nodeRed.deploy(flow));
    const hasStatus = () => evidence.outgoing.some(({ text }) => text.includes('status/leaky'));
    await poll(() => (hasStatus() ? true : null), { withinMs: 10_000, what: 'the status in the editor' });
    await evidence.ask(nodeRed, '/leak');
    await evidence.takeFiles(nodeRed.userDir);
    leave();
    evidence.add('printed', nodeRed.output());
    const places = ['printed', 'mqtt', 'editor', 'http GET /leak', `file ${LEAKED_FILE}`];
    assert.deepEqual(placesOf({ name: 'planted', value: SECRET }), new Set(places));
  });

  it('finds what a broker repeats where the package has no redactor', async () => {
    const numbers = tws.market.ledger().ibkr.accounts.map(({ account }) => account);
    const marked = numbers.map((value) => ({ name: 'account number', value }));
    await poll(() => (mosquitto.frames.some((text) => text.includes('"state":"live"')) ? true : null), {
      withinMs: 20_000,
      what: 'a connection to TWS',
    });
    assert.deepEqual(placesOf(...marked), new Set());
    await mosquitto.hears(/could not read a request/, () =>
      tws.notice(320, `Unable to parse ${numbers.join(' and ')}`),
    );
    assert.deepEqual(placesOf(...marked), new Set(['mqtt']));
  });
});
