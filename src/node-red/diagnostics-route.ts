import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { Clock } from '../ports.js';
import { guardedGet } from './admin-routes.js';
import { findConnection } from './connections.js';
import { diagnosisOf } from './diagnosis.js';

const Package = z.object({ name: z.string(), version: z.string() });
/** The runtime writes its version into the settings (runtime/lib/index.js). */
const NodeRed = z.object({ version: z.string() });

/** The editors' servers that have the route of all brokers already. */
const registered = new WeakSet<object>();

/** `GET brokerage/:id/diagnostics`: how a connection is and how it came to be so, without a secret and without a figure. */
export function registerDiagnosticsRoute(RED: NodeAPI, { clock }: { readonly clock: Clock }): void {
  if (registered.has(RED.httpAdmin)) return;
  registered.add(RED.httpAdmin);
  const { name, version } = Package.parse(createRequire(import.meta.url)(`${ROOT}/package.json`));
  guardedGet(RED, '/brokerage/:id/diagnostics', {
    permission: 'brokerage.read',
    handle: async (id) => ({
      at: new Date(clock.now()).toISOString(),
      versions: {
        [name]: version,
        'node-red': NodeRed.safeParse(RED.settings).data?.version ?? 'unknown',
        node: process.version,
        system: `${process.platform} ${process.arch}`,
      },
      ...diagnosisOf(findConnection(id)),
    }),
  });
}

/** From `dist/src/node-red` to the root of the package. */
const ROOT = '../../..';
