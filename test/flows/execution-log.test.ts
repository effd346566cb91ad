import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { createMarket, type Market } from '../../simulators/index.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { folderForEachTest } from '../support/folders.js';
import { FunctionNode, toldMessage } from '../support/function-node.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const FILE = 'execution-log.json';
const TICK = { topic: 'tick' };
const Job = z.object({
  filename: z.string(),
  payload: z.string().optional(),
  log: z.object({ turn: z.number() }),
});
type Job = z.infer<typeof Job>;

interface Given {
  readonly executionId?: string;
  readonly revision?: number;
  readonly quantity?: number;
  readonly price?: number | null;
  readonly commission?: number | null;
  readonly correctionOf?: string | null;
  readonly executedAt?: string | null;
  readonly symbol?: string;
}
const execution = ({ symbol = 'AAPL', ...given }: Given = {}) => ({
  executionId: 'e1',
  revision: 1,
  correctionOf: null,
  permId: 'p1',
  orderId: null,
  side: 'buy',
  quantity: 10,
  price: 100.5,
  commission: -1.25,
  commissionCurrency: 'USD',
  realizedPnl: null,
  instrument: {
    symbol,
    assetClass: 'stock',
    currency: 'USD',
    expiry: null,
    strike: null,
    right: null,
    multiplier: null,
  },
  executedAt: '2026-11-24T15:00:00.000Z',
  ...given,
});

/** RFC 4180: records of cells, quotes doubled, line breaks allowed within quotes. */
function parsedCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error(`no CSV: ${text}`);
    const [, quoted, bare = '', end] = match;
    record.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

/** Records by the names of their columns. */
function recordsOf(text: string): readonly Readonly<Record<string, string | undefined>>[] {
  const [header = [], ...records] = parsedCsv(text);
  return records.map((record) => Object.fromEntries(header.map((name, index) => [name, record[index]])));
}

describe('the example of a log of executions', () => {
  describe('as a function', () => {
    /** What the files hold, written by the node as its file nodes would. */
    class Disk {
      readonly files = new Map<string, string>();
      readonly node = new FunctionNode({ file: FILE, short: 'rows', now: () => this.now });
      now = 0;
      /** Why a write fails; null = it does not. */
      full: string | null = null;

      tell(rows: readonly object[], changes: readonly object[] = [], label = 'Main'): void {
        this.run(toldMessage('executions', rows, { changes, account: { label } }));
      }

      run(message: unknown): void {
        const outputs = this.node.receive(message);
        const [reads, writes] = outputs.map((output) => z.array(Job).parse(output));
        for (const job of reads ?? []) this.run(this.#read(job));
        for (const job of writes ?? []) this.run(this.#written(job));
      }

      get text(): string {
        return [...this.files.values()].join('');
      }

      #read({ filename, log }: Job): object {
        const payload = this.files.get(filename);
        if (payload !== undefined) return { filename, log, payload };
        return { filename, log, error: { message: `Error: ENOENT: no such file`, code: 'ENOENT' } };
      }

      #written({ filename, log, payload = '' }: Job): object {
        if (this.full !== null) return { filename, log, error: { message: this.full } };
        this.files.set(filename, (this.files.get(filename) ?? '') + payload);
        return { filename, log, complete: {} };
      }
    }

    it('writes a header once and a row for each fill, with what is not known left empty', () => {
      const disk = new Disk();
      disk.tell([execution()]);
      disk.tell([execution({ executionId: 'e2', price: null })]);
      assert.deepEqual([...disk.files.keys()], ['brokerage-log/executions-2026.csv']);
      const [, first] = disk.text.split('\r\n');
      assert.equal(
        first,
        '00000000000a:e1.1,fill,2026-11-24T15:00:00.000Z,Main,ibkr,AAPL,stock,,,,,buy,10,100.5,USD,-1.25,USD,,p1,',
      );
      assert.deepEqual(
        recordsOf(disk.text).map(({ id, price }) => [id, price]),
        [
          ['00000000000a:e1.1', '100.5'],
          ['00000000000a:e2.1', ''],
        ],
      );
    });

    it('writes what is told again once', () => {
      const disk = new Disk();
      disk.tell([execution(), execution()]);
      disk.tell([execution()]);
      assert.equal(recordsOf(disk.text).length, 1);
    });

    it('names a correction and a late commission, so that the sum of quantities stays right', () => {
      const disk = new Disk();
      const first = execution({ commission: null });
      disk.tell([first]);
      disk.tell([execution({ commission: 2 })], [{ before: first, after: execution({ commission: 2 }) }]);
      const corrected = execution({ revision: 2, price: 99, correctionOf: 'e1.1' });
      disk.tell([corrected], [{ before: first, after: corrected }]);
      assert.deepEqual(
        recordsOf(disk.text).map(({ commission, corrects, event, quantity }) => [
          event,
          quantity,
          commission,
          corrects,
        ]),
        [
          ['fill', '10', '', ''],
          ['commission', '', '2', ''],
          ['correction', '10', '-1.25', 'e1.1'],
        ],
      );
    });

    it('begins a new file when the year changes in New York', () => {
      const disk = new Disk();
      disk.tell([
        execution({ executedAt: '2027-01-01T04:59:00.000Z' }),
        execution({ executionId: 'e2', executedAt: '2027-01-01T05:01:00.000Z' }),
      ]);
      assert.deepEqual(
        [...disk.files].map(([name, text]) => [name.slice(-8), recordsOf(text).length]),
        [
          ['2026.csv', 1],
          ['2027.csv', 1],
        ],
      );
    });

    it('keeps rows while the disk is full, and writes them once it is not', () => {
      const disk = new Disk();
      disk.full = 'ENOSPC: no space left';
      disk.tell([execution()]);
      disk.tell([execution({ executionId: 'e2' })]);
      assert.match(disk.node.status, /^2 rows wait: ENOSPC/);
      disk.full = null;
      disk.run(TICK);
      assert.equal(recordsOf(disk.text).length, 2);
      assert.equal(disk.node.status, 'all written');
    });

    it('gives up a file that never answers, and tries again', () => {
      const disk = new Disk();
      disk.node.receive(toldMessage('executions', [execution()]));
      disk.now += 31_000;
      disk.run({ topic: 'other' });
      assert.match(disk.node.status, /could not be read in time$/);
      disk.run(TICK);
      assert.equal(recordsOf(disk.text).length, 1);
    });

    it('writes a row anew whose line a crash has cut off, wherever that was', () => {
      const disk = new Disk();
      disk.tell([execution()]);
      const [name = ''] = disk.files.keys();
      const whole = disk.text;
      const [header = '', row = ''] = whole.split('\r\n');
      for (let length = 0; length <= whole.length; length += 1) {
        disk.files.set(name, whole.slice(0, length));
        disk.tell([execution(), execution({ executionId: 'e2' })]);
        const lines = disk.text.split('\r\n');
        assert.equal(lines[0], header);
        assert.equal(lines.filter((line) => line === row).length, 1, `cut after ${length}`);
        assert.equal(lines.filter((line) => line.includes(':e2.1,fill,')).length, 1);
      }
    });

    it('quotes any text so that it can be read back, and none begins a formula', () => {
      const nasty = fc.array(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ' ', 'a', 'ü'), {
        minLength: 1,
        maxLength: 12,
      });
      fc.assert(
        fc.property(nasty, nasty, (symbolLetters, labelLetters) => {
          const [symbol, label] = [symbolLetters.join(''), labelLetters.join('')];
          const disk = new Disk();
          disk.tell([execution({ symbol }), execution({ executionId: 'e2', symbol })], [], label);
          disk.tell([execution({ symbol })], [], label);
          const records = recordsOf(disk.text);
          assert.equal(records.length, 2);
          for (const { account = '', symbol: told = '' } of records) {
            assert.equal(told.replace(/^'(?=[=+\-@\t\r ])/, ''), symbol.replaceAll(/[\r\n]+/g, ' '));
            for (const cell of [account, told]) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
          }
        }),
        { numRuns: 60 },
      );
    });
  });

  describe('in Node-RED', () => {
    const folder = folderForEachTest();
    let running: RunningExample | null = null;
    let market: Market;

    before(startRuntime);
    after(stopRuntime);
    beforeEach(() => (market = createMarket({ seed: 7, accounts: 1 })));
    afterEach(async () => {
      await running?.close();
      running = null;
    });

    const start = async () =>
      (running = await runExample({
        file: FILE,
        market,
        userDir: folder(),
        env: { LOG_FOLDER: join(folder(), 'log') },
      }));
    /** Without it account-sync tells everything of today again. */
    const forgetWhatWasTold = async (): Promise<void> => {
      const own = join(folder(), 'brokerage');
      for (const name of await readdir(own)) if (name.startsWith('account-sync')) await rm(join(own, name));
    };
    const path = (): string => join(folder(), 'log', `executions-${yearInNewYork()}.csv`);
    const trade = (quantity: number): string => {
      const [account = ''] = market.accounts;
      const permId = market.placeOrder({ account, conId: 265598, side: 'BUY', quantity, orderType: 'MKT' });
      market.fillOrder(permId);
      return permId;
    };
    const written = async (rows: number): Promise<ReturnType<typeof recordsOf>> => {
      let records: ReturnType<typeof recordsOf> = [];
      const look = async (): Promise<void> => {
        records = recordsOf(await readFile(path(), 'utf8').catch(() => ''));
      };
      await eventually(() => {
        void look();
        return records.filter(({ event }) => event === 'fill').length >= rows;
      });
      return records;
    };

    it('holds the fills of the ledger, each once, also when all of them are told again after a restart', async () => {
      trade(10);
      await start();
      await written(1);
      trade(20);
      await written(2);
      await running?.close();
      await forgetWhatWasTold();
      trade(30);
      await start();
      const records = await written(3);
      const ledger = market.ledger().ibkr.accounts[0]?.executions ?? [];
      assert.deepEqual(
        records
          .filter(({ event }) => event === 'fill')
          .map(({ executed_at, price, quantity }) => [Number(quantity), Number(price), executed_at]),
        ledger.map(({ price, quantity, time }) => [quantity, price, new Date(time).toISOString()]),
      );
      assert.equal((await readFile(path(), 'utf8')).split('executed_at').length, 2);
    }).timeout(20_000);

    it('waits for a file that cannot be written', async () => {
      await mkdir(path(), { recursive: true });
      trade(10);
      const { node } = await start();
      await eventually(() => Object(node('rows')).status.lastCall?.firstArg.fill === 'red');
      await rm(path(), { recursive: true });
      assert.equal((await written(1)).length, 1);
    }).timeout(20_000);
  });
});

function yearInNewYork(): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', year: 'numeric' }).format(
    Date.now(),
  );
}
