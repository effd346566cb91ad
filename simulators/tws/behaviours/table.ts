import type { Behaviour, BehaviourFactory } from './behaviour.js';
import * as connection from './connection.js';
import * as damage from './damage.js';
import * as downloads from './downloads.js';
import * as figures from './figures.js';
import * as handshake from './handshake.js';
import * as liveOrders from './live-orders.js';
import * as pacing from './pacing.js';
import * as readOnly from './read-only.js';
import * as upstream from './upstream.js';

/** name → behaviour */
const TABLE: ReadonlyMap<string, BehaviourFactory> = new Map([
  ['refuse', connection.refuse],
  ['reset', connection.reset],
  ['silent', connection.silent],
  ['http', connection.http],
  ['tls', connection.tls],
  ['nightly-restart', connection.nightlyRestart],
  ['stall-handshake', handshake.stallHandshake],
  ['server-version', handshake.serverVersion],
  ['duplicate-client-id', handshake.duplicateClientId],
  ['paper-disclaimer', handshake.paperDisclaimer],
  ['trailing-comma', handshake.trailingComma],
  ['half-open', upstream.halfOpen],
  ['connectivity-lost', upstream.connectivityLost],
  ['connectivity-restored', upstream.connectivityRestored],
  ['connectivity-restored-data-lost', upstream.connectivityRestoredDataLost],
  ['subscription-refused', upstream.subscriptionRefused],
  ['garbage', damage.garbage],
  ['bad-length', damage.badLength],
  ['no-final-nul', damage.noFinalNul],
  ['bad-reject-json', damage.badRejectJson],
  ['byte-by-byte', pacing.byteByByte],
  ['many-per-chunk', pacing.manyPerChunk],
  ['slow', pacing.slow],
  ['cut-snapshot', downloads.cutSnapshot],
  ['no-end', downloads.noEnd],
  ['end-before-rows', downloads.endBeforeRows],
  ['empty-portfolio', downloads.emptyPortfolio],
  ['duplicate-rows', downloads.duplicateRows],
  ['zero-rows', downloads.zeroRows],
  ['interleave', downloads.interleave],
  ['sentinels', downloads.sentinels],
  ['not-ready', figures.notReady],
  ['unset-numbers', figures.unsetNumbers],
  ['read-only', readOnly.readOnly],
  ['read-only-loud', readOnly.readOnlyLoud],
  ['status-before-order', liveOrders.statusBeforeOrder],
  ['repeat-status', liveOrders.repeatStatus],
  ['late-commission', liveOrders.lateCommission],
]);

/** Every name that `fault` and `--fault` know. */
export const FAULT_NAMES: readonly string[] = [...TABLE.keys()];

/** Throws a RangeError that names the choices. */
export const createBehaviour = (name: string, argument?: string): Behaviour => {
  const factory = TABLE.get(name);
  if (!factory) throw new RangeError(`there is no fault "${name}", only ${FAULT_NAMES.join(', ')}`);
  return factory(argument);
};

/** `name=argument` in its two parts. */
export const splitFault = (
  text: string,
): { readonly name: string; readonly argument: string | undefined } => {
  const [name = '', ...rest] = text.split('=');
  return { name, argument: rest.length === 0 ? undefined : rest.join('=') };
};
