import { BlockList, isIP } from 'node:net';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { LinkTarget } from '../../mqtt/open-link.js';
import { knownSecrets } from '../known-secrets.js';
import { isTrustedHost } from '../trusted-host.js';

/** Where the user's MQTT broker is, and who we are there. */
export type BrokerAddress = Pick<LinkTarget, 'url' | 'address' | 'options'>;

export type BrokerOrWrong =
  { readonly broker: BrokerAddress; readonly warnings: readonly string[] } | { readonly wrong: string };

const bytes = z.union([z.string(), z.instanceof(Buffer)]).optional();
/**
 * The core's own node (10-mqtt.js): it makes an address and options for MQTT.js of what was entered, TLS included. Its
 * client id, its will and its reconnecting are not ours.
 */
const BrokerNode = z.object({
  type: z.literal('mqtt-broker'),
  brokerurl: z.string().min(1),
  options: z.object({
    username: z.string().nullish(),
    password: z.string().nullish(),
    keepalive: z.number().int().min(0).max(65_535).catch(60),
    protocolId: z.enum(['MQTT', 'MQIsdp']).optional(),
    protocolVersion: z.union([z.literal(3), z.literal(4), z.literal(5)]).optional(),
    ca: bytes,
    cert: bytes,
    key: bytes,
    passphrase: z.string().optional(),
    servername: z.string().optional(),
    ALPNProtocols: z.array(z.string()).optional(),
    wsOptions: z.record(z.string(), z.unknown()).optional(),
  }),
});
const BrokerDefinition = z.object({
  id: z.string(),
  usetls: z.unknown().optional(),
  tls: z.string().optional(),
});
const TlsNode = z.object({ verifyservercert: z.boolean() });

const NEARBY = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  NEARBY.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  NEARBY.addSubnet(net, bits, 'ipv6');

/** Reads the broker node of this id. */
export function brokerNode(RED: NodeAPI, id: string): BrokerOrWrong {
  if (id === '') return { wrong: 'No MQTT broker is chosen: open this node and choose or add one.' };
  const parsed = BrokerNode.safeParse(RED.nodes.getNode(id));
  if (!parsed.success)
    return { wrong: 'The chosen MQTT broker is gone or disabled: open this node and choose another.' };
  const { brokerurl: url, options } = parsed.data;
  const { host, isSecure } = placeOf(url);
  for (const secret of [options.password, options.passphrase, passwordIn(url)])
    if (typeof secret === 'string') knownSecrets.secret(secret);
  const verifies = verifiesCertificate(RED, id);
  const warnings = [
    ...(isSecure || isNearby(host)
      ? []
      : [`${host} gets account data without encryption: use TLS in the MQTT broker node.`]),
    ...(!isSecure || verifies
      ? []
      : [
          `The certificate of ${host} is not verified, as its TLS configuration says: anybody may stand in for it.`,
        ]),
  ];
  const known = Object.entries({ ...options, rejectUnauthorized: verifies });
  const given = Object.fromEntries(known.filter(([, value]) => value !== undefined && value !== null));
  return { broker: { url, address: host, options: given }, warnings };
}

/** As the user said in the TLS configuration. Without one the core's node verifies nothing; here, everything is. */
function verifiesCertificate(RED: NodeAPI, id: string): boolean {
  let tls = '';
  RED.nodes.eachNode((node) => {
    const definition = BrokerDefinition.safeParse(node).data;
    if (definition?.id === id) tls = definition.tls ?? '';
  });
  return TlsNode.safeParse(RED.nodes.getNode(tls)).data?.verifyservercert ?? true;
}

function placeOf(url: string): { readonly host: string; readonly isSecure: boolean } {
  if (!URL.canParse(url)) return { host: 'The MQTT broker', isSecure: false };
  const { host, protocol } = new URL(url);
  return { host: host === '' ? 'The MQTT broker' : host, isSecure: /^(mqtts|wss|ssl|tls):$/.test(protocol) };
}

function passwordIn(url: string): string | null {
  return URL.canParse(url) ? decodeURIComponent(new URL(url).password) : null;
}

/** Whether what is said to it stays on this machine, or in this house. */
function isNearby(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replaceAll(/^\[|\]$/g, '');
  const family = isIP(name);
  if (family !== 0) return NEARBY.check(name, family === 6 ? 'ipv6' : 'ipv4');
  return isTrustedHost(name, { hostname: '', trustedHosts: '' });
}
