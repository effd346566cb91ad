'use strict';
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});
const zod = '^node_modules/zod/';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    // aedes has `exports` and no `main`, which this resolver does not find.
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^aedes$' } },
    only('domain-is-a-leaf', '^src/domain/', ['^src/domain/', zod]),
    only('errors-are-a-leaf', '^src/errors\\.ts$', ['^$']),
    only('redaction-is-a-leaf', '^src/redaction/', ['^src/redaction/']),
    only('ports-are-a-leaf', '^src/ports\\.ts$', ['^src/domain/', '^src/errors\\.ts$']),
    only('pure-core', '^src/(sync|alerts|feeds)/', [
      '^src/(sync|alerts|feeds)/',
      '^src/domain/',
      '^src/errors\\.ts$',
      '^src/secrets/json\\.ts$',
      zod,
    ]),
    {
      name: 'a-broker-never-imports-another',
      severity: 'error',
      from: { path: '^src/brokers/([^/]+)/' },
      to: { path: '^src/brokers/([^/]+)/', pathNot: '^src/brokers/$1/' },
    },
    only('broker-shell', '^src/brokers/', [
      '^src/brokers/',
      '^src/resilience/',
      '^src/domain/',
      '^src/(errors|ports)\\.ts$',
      zod,
      '^node_modules/@stoqey/ib/',
      '^node_modules/@rgrove/parse-xml/',
      '^node_modules/(@types/)?ws/',
      '^node:',
      '^(events|crypto|net)$',
    ]),
    only('secrets-shell', '^src/secrets/', [
      '^src/secrets/',
      '^src/(errors|ports)\\.ts$',
      zod,
      '^node:',
      '^(child_process|crypto|fs|os|path|url|fs/promises)$',
    ]),
    only('state-shell', '^src/state/', [
      '^src/(alerts|domain|feeds|state|sync)/',
      '^src/errors\\.ts$',
      '^src/secrets/(atomic-file|json)\\.ts$',
      zod,
      '^node:',
      '^(crypto|fs|fs/promises|path)$',
    ]),
    only('mqtt-shell', '^src/mqtt/', [
      '^src/mqtt/',
      '^src/feeds/',
      '^src/resilience/',
      '^src/domain/',
      '^src/(errors|ports)\\.ts$',
      zod,
      '^node_modules/mqtt/',
    ]),
    only('resilience-shell', '^src/resilience/', [
      '^src/resilience/',
      '^src/domain/',
      '^src/(errors|ports)\\.ts$',
      '^node_modules/p-retry/',
    ]),
    {
      name: 'the-spine-names-no-broker',
      severity: 'error',
      from: { path: '^src/(runtime|node-red)/' },
      to: { path: '^src/brokers/' },
    },
    {
      name: 'only-node-red-knows-RED',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/node-red/' },
      to: { path: '^src/node-red/|^node_modules/(@types/)?node-red/' },
    },
    {
      name: 'nothing-in-src-imports-a-node',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^nodes/' },
    },
    {
      name: 'simulators-stand-alone',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: '^(src|nodes|test|demo|bench|example-dashboards)/|^node_modules/' },
    },
    {
      name: 'the-product-never-imports-a-simulator',
      severity: 'error',
      from: { path: '^(src|nodes)/' },
      to: { path: '^(simulators|test|demo|bench|example-dashboards)/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(src|simulators)/', pathNot: '(^|/)(cli|index)\\.ts$' },
      to: {},
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|compat|mutation)/|^demo/(dashboard|functions)/' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
