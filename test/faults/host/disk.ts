import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IbStage } from '../ib/stage.js';
import { ending, outcomeOf, type Verdict } from '../play.js';
import type { Scenario } from '../scenario.js';
import { comesTrue, within } from '../within.js';
import { DiskRun } from './disk-run.js';
import { systemError, type FileFaults } from './faulty-files.js';

type Fault = (run: DiskRun) => Promise<void>;

const COURSE_WITHIN_MS = 40_000;
const CRASHES_WITHIN_MS = 5_000;

/** What a reader has told is on a disk that is full, read-only or broken, or that a crash has left in the middle of a write. */
export const DISK: Scenario = {
  number: 34,
  name: 'a disk that is full, read-only, damaged, or cut off before a rename',
  run: async (given) => {
    const folder = await mkdtemp(join(tmpdir(), 'brokerage-fault-'));
    const stage = await IbStage.open(given);
    const run = new DiskRun(stage, folder);
    try {
      const course = within(COURSE_WITHIN_MS, 'the course of the scenario', play(run));
      const outcome = await outcomeOf(stage, course);
      return {
        ...outcome,
        lost: [...run.lost, ...outcome.lost],
        duplicates: [...run.duplicates, ...outcome.duplicates],
        leaks: [...outcome.leaks, ...run.strayFiles()],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function play(run: DiskRun): Promise<Verdict> {
  const { stage } = run;
  run.start();
  await run.comesRight('at first');
  await stage.trade(4);
  const fault = FAULTS[stage.between(0, FAULTS.length - 1)] ?? crash;
  await fault(run);
  await stage.trade(3);
  // What changes while nobody runs is told by the next one.
  await run.comesRight('after the fault');
  await stage.stopProduct();
  await stage.trade(3);
  run.start();
  return await ending(stage);
}

/** Writes fail for a while: the reader goes on without them, says so once, and writes again when it can. */
function failing(faults: FileFaults): Fault {
  return async (run) => {
    const { stage } = run;
    const heal = run.breakFiles(faults);
    await stage.trade(4);
    await stage.pass(stage.between(2_000, 30_000));
    await run.comesRight('without a disk');
    heal();
    const said = run.warnings.filter((text) => text.includes('cannot be written')).length;
    if (said === 0 && run.failures > 0) run.lost.push('nobody was told that the file cannot be written');
    if (said > 1) run.duplicates.push(`${said} times it was said that the file cannot be written`);
  };
}

/** The file is damaged while nobody runs: it is set aside, and this start is a first one. */
function damaged(damage: (path: string) => Promise<void>): Fault {
  return async (run) => {
    const { stage } = run;
    await run.comesRight('before the damage');
    await stage.stopProduct();
    await damage(run.path);
    const bad = await readFile(run.path);
    stage.oracle.silence('forgotten');
    run.start();
    const kept = existsSync(`${run.path}.bad`) ? await readFile(`${run.path}.bad`) : null;
    if (kept?.equals(bad) !== true) run.lost.push('the damaged file was not set aside as it was');
    if (!run.warnings.some((text) => text.includes('was set aside')))
      run.lost.push('nobody was told that the file was damaged');
    await run.comesRight('after a damaged file');
  };
}

/** The process dies between the last byte of a text and its name, more than once. */
const crash: Fault = async (run) => {
  const { stage } = run;
  for (let left = stage.between(1, 3); left > 0; left--) {
    const crashed = run.crashAtRename(stage.between(1, 3));
    await comesTrue(CRASHES_WITHIN_MS, () => {
      if (!crashed()) stage.market.trade();
      return crashed();
    });
    await stage.stopProduct();
    stage.oracle.silence('crash');
    await stage.trade(2);
    run.start();
    if (stage.chance() < 0.7) await run.comesRight('after a crash');
  }
};

const full: FileFaults = {
  during: (act) => {
    if (act === 'write') throw systemError('ENOSPC');
  },
};
const fullAtOnce: FileFaults = {
  before: (act) => {
    if (act === 'open') throw systemError('ENOSPC');
  },
};
const readOnly: FileFaults = {
  before: () => {
    throw systemError('EROFS');
  },
};
const broken: FileFaults = {
  during: (act) => {
    if (act === 'sync') throw systemError('EIO');
  },
};

const FAULTS: readonly Fault[] = [
  crash,
  crash,
  ...[full, fullAtOnce, readOnly, broken].map(failing),
  damaged(async (path) => await truncate(path, 100)),
  damaged(async (path) => await truncate(path, 0)),
  damaged(
    async (path) => await writeFile(path, Buffer.from(Array.from({ length: 999 }, (_, at) => at % 256))),
  ),
];
