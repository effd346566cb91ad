import assert from 'node:assert/strict';
import type { BrokerUpdate } from '../../src/domain/update.js';
import { BrokerageError, ConnectionLost } from '../../src/errors.js';
import type { Broker, BrokerSession } from '../../src/ports.js';
import { eventually } from '../support/clocks.js';

/** What a broker's simulator must be able to do for the suite. */
export interface BrokerStage {
  readonly broker: Broker;
  /** Full account numbers; none may ever come out. */
  readonly accountNumbers: readonly string[];
  /** Account key → net liquidation, and position key → quantity, as the ledger has them. */
  readonly truth: () => ReadonlyMap<
    string,
    { readonly netLiquidation: number; readonly positions: ReadonlyMap<string, number> }
  >;
  /** Closes one position at the broker; returns its key and its account's. */
  readonly closeOne: () => { readonly account: string; readonly key: string };
  /** Drops every connection now. */
  readonly drop: () => void;
  /** From now on a download breaks off in its middle. */
  readonly cutDownloads: () => void;
  /** Connections that are open at the broker's end. */
  readonly connections: () => number;
  /** Requests that would have changed something. */
  readonly writes: () => number;
  readonly close: () => Promise<void>;
}

class Ear {
  readonly updates: BrokerUpdate[] = [];
  readonly ends: BrokerageError[] = [];
  update = (update: BrokerUpdate): void => void this.updates.push(update);
  ended = (error: BrokerageError): void => void this.ends.push(error);

  snapshots<Of extends 'balances' | 'positions'>(of: Of) {
    return this.updates.filter(
      (update): update is Extract<BrokerUpdate, { kind: 'snapshot'; of: Of }> =>
        update.kind === 'snapshot' && update.of === of,
    );
  }
}

/** What every broker must do, whoever it is. */
export function brokerContract(name: string, makeStage: () => Promise<BrokerStage>): void {
  describe(`what every broker must do: ${name}`, () => {
    let stage: BrokerStage;
    let session: BrokerSession | null = null;
    let ear = new Ear();
    const everything = { kind: null, account: null } as const;
    const open = async (): Promise<BrokerSession> =>
      (session = await stage.broker.open(ear, new AbortController().signal));

    beforeEach(async () => {
      ear = new Ear();
      stage = await makeStage();
    });
    afterEach(async () => {
      await session?.close();
      session = null;
      assert.equal(stage.writes(), 0, 'something was asked of the broker that could change an account');
      await stage.close();
    });

    it('names its accounts by key and last four characters, and never by number', async () => {
      const { accounts } = await open();
      await session?.refresh(everything);
      assert.deepEqual(
        accounts.map(({ lastFour }) => lastFour),
        stage.accountNumbers.map((number) => number.slice(-4)),
      );
      const told = JSON.stringify(ear.updates);
      for (const number of stage.accountNumbers)
        assert.ok(!told.includes(number), `an update holds the account number …${number.slice(-4)}`);
    });

    it('tells no figure before it is asked', async () => {
      await open();
      assert.deepEqual(
        ear.updates.filter(({ kind }) => kind === 'snapshot'),
        [],
      );
    });

    it('answers a refresh with complete images that agree with the broker', async () => {
      const opened = await open();
      await opened.refresh(everything);
      const truth = stage.truth();
      const balances = new Map(
        ear.snapshots('balances').map((snapshot) => [snapshot.account, snapshot.balances.netLiquidation]),
      );
      const positions = new Map(
        ear
          .snapshots('positions')
          .map((snapshot) => [
            snapshot.account,
            new Map(snapshot.positions.map(({ key, quantity }) => [key, quantity])),
          ]),
      );
      assert.deepEqual(balances, new Map([...truth].map(([key, account]) => [key, account.netLiquidation])));
      assert.deepEqual(positions, new Map([...truth].map(([key, account]) => [key, account.positions])));
    });

    it('fetches one account when one is asked for', async () => {
      const opened = await open();
      const [first] = opened.accounts;
      assert.ok(first);
      await opened.refresh({ kind: 'balances', account: first.key });
      assert.deepEqual([...new Set(ear.snapshots('balances').map(({ account }) => account))], [first.key]);
    });

    it('tells that a position is gone, and of no other', async () => {
      const opened = await open();
      await opened.refresh(everything);
      const { account, key } = stage.closeOne();
      await opened.refresh(everything);
      const last = ear.snapshots('positions').findLast((snapshot) => snapshot.account === account);
      assert.deepEqual(
        last?.positions.map((position) => position.key).toSorted(),
        [...(stage.truth().get(account)?.positions.keys() ?? [])].toSorted(),
      );
      assert.ok(!last?.positions.some((position) => position.key === key));
    });

    it('throws a download away that was cut in its middle', async () => {
      const opened = await open();
      stage.cutDownloads();
      await assert.rejects(opened.refresh(everything), BrokerageError);
      assert.deepEqual(
        ear.snapshots('positions').filter(({ positions }) => positions.length === 0),
        [],
      );
      const truth = stage.truth();
      for (const { account, positions } of ear.snapshots('positions'))
        assert.equal(positions.length, truth.get(account)?.positions.size);
    });

    it('says once that a session ended, and refuses what is asked of it afterwards', async () => {
      const opened = await open();
      await opened.refresh(everything);
      stage.drop();
      await eventually(() => ear.ends.length > 0);
      await assert.rejects(opened.refresh(everything), ConnectionLost);
      assert.equal(ear.ends.length, 1);
    });

    it('closes twice as well as once, and leaves no connection', async () => {
      const opened = await open();
      await Promise.all([opened.close(), opened.close()]);
      await opened.close();
      await eventually(() => stage.connections() === 0);
      assert.deepEqual(ear.ends, []);
    });

    it('settles a refresh that is under way when it is closed', async () => {
      const opened = await open();
      const refreshed = opened.refresh(everything);
      await Promise.all([assert.rejects(refreshed, ConnectionLost), opened.close()]);
    });

    it('gives up at once when it is told to while it connects', async () => {
      const giveUp = new AbortController();
      const opening = stage.broker.open(ear, giveUp.signal);
      giveUp.abort();
      await assert.rejects(opening, BrokerageError);
      await eventually(() => stage.connections() === 0);
    });

    it('does not connect at all when it was told to give up before', async () => {
      await assert.rejects(stage.broker.open(ear, AbortSignal.abort()), BrokerageError);
      assert.equal(stage.connections(), 0);
    });
  });
}
