/** fast-check with one seed and a share of the runs, and coarser ticks: a mutant that lives meets all of the tests. */
import { register } from 'node:module';

process.env.ALERT_TICK_MS ??= '30000';
register('./hook.mjs', import.meta.url);
