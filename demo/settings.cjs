'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const userDir = process.env.DEMO_USER_DIR;

// The program that started Node-RED is gone, however it ended: nothing of the demo stays behind.
if (process.channel) process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

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
  editorTheme: { tours: false, page: { title: 'Brokerage for Node-RED' }, projects: { enabled: false } },
  diagnostics: { enabled: false, ui: false },
  logging: { console: { level: 'warn', metrics: false, audit: false } },
};
