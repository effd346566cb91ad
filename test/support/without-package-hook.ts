import { register } from 'node:module';

// Preloaded with --import. `registerHooks` needs no second file, but Node.js 20 does not have it.
register('./without-package-resolve.js', import.meta.url);
