'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const userDir = process.env.DEMO_USER_DIR;

// The program that started Node-RED is gone, however it ended: nothing of the demo stays behind.
if (process.channel) process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

// What Node-RED warns of at every start of a new user directory, and what means nothing here.
const OF_NO_INTEREST = /^\s*(Projects disabled|Encrypted credentials not found)/;

/** Warnings and errors, one a line. */
function print({ msg, name, type }) {
  const text = String((msg && msg.message) || msg);
  if (OF_NO_INTEREST.test(text)) return;
  console.error(`[${[type, name].filter(Boolean).join(' ') || 'node-red'}] ${text}`);
}

module.exports = {
  uiHost: '127.0.0.1',
  uiPort: Number(process.env.DEMO_PORT),
  userDir,
  flowFile: 'flows.json',
  flowFilePretty: true,
  credentialSecret: readFileSync(join(userDir, 'credential-secret'), 'utf8'),
  // Nothing here asks another machine: no telemetry, no update check, no catalogue of the palette.
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
  editorTheme: { tours: false, page: { title: 'Brokerage for Node-RED' } },
  diagnostics: { enabled: false, ui: false },
  logging: {
    console: { level: 'off', metrics: false, audit: false },
    demo: { level: 'warn', metrics: false, audit: false, handler: () => print },
  },
};
