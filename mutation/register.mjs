/** fast-check with one seed and a share of the runs, for the tests of mutants: a mutant that lives meets all of them. */
import { register } from 'node:module';

register('./hook.mjs', import.meta.url);
