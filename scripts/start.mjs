import { build, ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
build();
await import('../dist/demo/cli.js');
