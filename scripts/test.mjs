import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build, ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
build();
const mocha = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url));
const { status } = spawnSync(process.execPath, [mocha, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
