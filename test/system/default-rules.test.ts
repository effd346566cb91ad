import assert from 'node:assert/strict';
import { DEFAULT_RULES } from '../../src/alerts/index.js';
import { play } from '../support/alert-script.js';
import { ibkrStage, schwabAlertStage, type AlertStage } from '../support/alert-stage.js';
import { folderForEachTest } from '../support/folders.js';
import { IBKR_SCRIPTS } from '../support/ibkr-alert-scripts.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';
import { SCHWAB_SCRIPTS } from '../support/schwab-alert-scripts.js';

/** Each step of such a test is an answer of a simulator, which takes the time that it takes. */
const TAKES_MS = 60_000;

describe('a default rule, from the account at the broker to its alert', function () {
  this.timeout(TAKES_MS);
  const folder = folderForEachTest();
  let stage: AlertStage | null = null;
  before(async () => await startRuntime());
  after(async () => await stopRuntime());
  afterEach(async () => {
    await stage?.close();
    stage = null;
  });

  describe('at IBKR', () => {
    for (const [title, script] of Object.entries(IBKR_SCRIPTS))
      it(title, async () => {
        const opened = await ibkrStage(script);
        stage = opened.stage;
        await play(script, { ...opened, market: stage.market });
      });
  });

  describe('at Schwab', () => {
    for (const [title, script] of Object.entries(SCHWAB_SCRIPTS))
      it(title, async () => {
        const opened = await schwabAlertStage({ ...script, userDir: folder() });
        stage = opened.stage;
        await play(script, { ...opened, market: stage.market });
      });
  });

  it('is played here, each of them', () => {
    const played = [...Object.values(IBKR_SCRIPTS), ...Object.values(SCHWAB_SCRIPTS)].map(
      ({ rule }) => rule.id,
    );
    assert.deepEqual(new Set(played), new Set(DEFAULT_RULES.map(({ raw }) => raw.id)));
  });
});
