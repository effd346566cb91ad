const here = (name) => new URL(name, import.meta.url).href;

export default {
  // What tsc made is mutated: TypeScript 7 has no interface that Stryker could use. Comments survive it.
  mutate: ['dist/src/alerts/**/*.js', 'dist/src/sync/**/*.js'],
  testRunner: 'mocha',
  // In the order of their cost: a mutant that a single case finds does not wait for the properties.
  mochaOptions: {
    'no-config': true,
    spec: [
      'dist/test/alerts/!(*laws|persistent-map|engine|defaults).test.js',
      'dist/test/alerts/text/*.test.js',
      'dist/test/sync/!(properties).test.js',
      'dist/test/sync/checks/!(healthy-day|properties).test.js',
      'dist/test/alerts/defaults.test.js',
      'dist/test/alerts/engine.test.js',
      'dist/test/alerts/persistent-map.test.js',
      'dist/test/alerts/*laws.test.js',
      'dist/test/sync/properties.test.js',
      'dist/test/sync/checks/properties.test.js',
    ],
  },
  // Mocha would `require` the tests, past the hook that gives them fewer runs.
  testRunnerNodeArgs: ['--no-experimental-require-module', '--import', here('register.mjs')],
  coverageAnalysis: 'perTest',
  // What runs only while a module loads (tables, schemas) would cost a process for each mutant.
  ignoreStatic: true,
  // A core is enough, and a time limit that does not count on more.
  concurrency: 1,
  timeoutMS: 20_000,
  disableTypeChecks: false,
  checkers: [],
  ignorePatterns: ['/*', '!/dist', '!/package.json'],
  tempDirName: 'mutation/sandbox',
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  htmlReporter: { fileName: 'mutation/report/index.html' },
  jsonReporter: { fileName: 'mutation/report/report.json' },
  incrementalFile: 'mutation/report/incremental.json',
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: 85 },
};
