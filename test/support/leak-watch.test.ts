import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { LeakWatch } from './leak-watch.js';
import { LeakSearch } from './leaks.js';
import { helper, nodeRedUtil, startRuntime, stopRuntime } from './nodes.js';

const SECRET = 'planted/secret+of"this test';
const NUMBER = '48151623';
const MARKED = [
  { name: 'secret', value: SECRET },
  { name: 'account number', value: NUMBER },
];

/** Ways in which a node may let something out. */
const PLANTS: Readonly<Record<string, (node: Node, done: (error?: Error) => void) => void>> = {
  log: (node) => node.warn(`read ${SECRET}`),
  status: (node) => node.status({ text: `of ${NUMBER}` }),
  message: (node) => node.send({ payload: { deep: [{ headers: `Basic ${base64(`key:${SECRET}`)}` }] } }),
  error: (_node, done) => done(new Error('outside', { cause: new Error(encodeURIComponent(SECRET)) })),
};

const FLOW = [
  { id: 'tab', type: 'tab', label: 'test' },
  { id: 'planted', z: 'tab', type: 'leaky', wires: [['next']] },
  { id: 'next', z: 'tab', type: 'helper' },
];

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('the watch over what the suite says', () => {
  before(startRuntime);
  after(stopRuntime);
  afterEach(async () => await helper.unload());

  const say = async (how: string): Promise<LeakWatch> => {
    const watch = new LeakWatch();
    watch.knows(() => MARKED);
    const stop = watch.listenTo(nodeRedUtil, `planted-${how}`);
    const plugIn = (RED: NodeAPI): void =>
      RED.nodes.registerType('leaky', function (config: NodeDef) {
        RED.nodes.createNode(this, config);
        this.on('input', (_message, _send, done) => {
          PLANTS[how]?.(this, done);
          done();
        });
      });
    await helper.load(plugIn, FLOW);
    helper.getNode('planted').receive({ payload: 1 });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    stop();
    return watch;
  };

  for (const how of Object.keys(PLANTS))
    it(`reports a secret that leaves by way of: ${how}`, async () => {
      const leaks = (await say(how)).leaks();
      assert.ok(
        leaks.some(({ where }) => where === how),
        JSON.stringify(leaks),
      );
      for (const { near } of leaks) assert.ok(!near.includes(SECRET) && !near.includes(NUMBER), near);
    });

  it('reports a secret that is printed', () => {
    const watch = new LeakWatch();
    watch.knows(() => MARKED);
    const printed: unknown[] = [];
    const write = process.stdout.write.bind(process.stdout);
    // Nothing of it must reach the watch over this very run.
    process.stdout.write = (chunk: unknown) => printed.push(chunk) > 0;
    const stop = watch.listenToPrint(process.stdout, 'stdout');
    process.stdout.write(`hex ${Buffer.from(SECRET).toString('hex')}\n`);
    stop();
    process.stdout.write = write;
    assert.deepEqual(watch.leaks(), [{ where: 'stdout', name: 'secret', near: 'hex <secret>\n' }]);
    assert.equal(printed.length, 1);
  });

  it('has nothing to report where nothing came out', async () => {
    assert.deepEqual((await say('nothing')).leaks(), []);
  });
});

describe('a search for leaks', () => {
  const search = new LeakSearch(MARKED);
  const namesIn = (text: string) => search.in([{ where: 'here', text }]).map(({ name }) => name);

  it('takes digits in the middle of more digits for another number', () => {
    assert.deepEqual(namesIn(`1${NUMBER} and ${NUMBER}0`), []);
    assert.deepEqual(namesIn(`x${NUMBER}.00`), ['account number']);
  });

  it('finds a secret in every coat', () => {
    const coats = [
      SECRET,
      encodeURIComponent(SECRET),
      encodeURIComponent(encodeURIComponent(SECRET)),
      JSON.stringify(SECRET),
      JSON.stringify(JSON.stringify(SECRET)),
      Buffer.from(SECRET).toString('hex'),
      base64(SECRET),
      base64(`1${SECRET}2`),
      base64(`12${SECRET}`),
      Buffer.from(`123${SECRET}`).toString('base64url'),
    ];
    for (const text of coats) assert.deepEqual(namesIn(`(${text})`), ['secret'], text);
  });
});
