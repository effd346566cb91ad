import { z } from 'zod';
import { ConfigError, ConnectionLost, sentenceOf, type BrokerageError } from '../errors.js';

const Failed = z.object({ code: z.union([z.string(), z.number()]) });
const broker = 'mqtt';

/** Codes of CONNACK: MQTT 3.1.1 section 3.2.2.3, MQTT 5 section 3.2.2.2. */
const PASSWORD: ReadonlySet<number> = new Set([4, 5, 0x86, 0x87, 0x8c]);
const VERSION: ReadonlySet<number> = new Set([1, 0x84]);
const CLIENT_ID: ReadonlySet<number> = new Set([2, 0x85]);
const TAKEN_OVER = 0x8e;

/** Codes of OpenSSL's verification and of Node's own (errors.md, tls.md). */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_|CRL_|ERR_TLS_CERT|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;
const NO_TLS = /^(EPROTO|ERR_SSL_)/;
const SOCKETS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: is the MQTT broker running, and is this its port?',
  ECONNRESET: 'cut the connection.',
  EHOSTUNREACH: 'cannot be reached.',
  ENETUNREACH: 'cannot be reached.',
  ENOTFOUND: 'is a name that nobody knows: check the server in the MQTT broker node.',
  EAI_AGAIN: 'is a name that cannot be looked up now.',
  ETIMEDOUT: 'does not answer.',
};

/** What went wrong with a connection, as a decision and a sentence; `address` names the MQTT broker for people. */
export function problemOf(error: unknown, address: string, wasOpen = true): BrokerageError {
  const code = Failed.safeParse(error).data?.code ?? null;
  const wrong = (word: string, sentence: string): BrokerageError =>
    new ConfigError(`${address} ${sentence}`, { broker, code: word, cause: error, retrySlowly: true });
  if (typeof code === 'number') {
    if (PASSWORD.has(code))
      return wrong(
        'password',
        'refuses the user: the name or the password is wrong, or the user may not connect. Mend it in the MQTT broker node.',
      );
    if (VERSION.has(code))
      return wrong(
        'protocol',
        'does not speak this version of MQTT: choose another in the MQTT broker node.',
      );
    if (CLIENT_ID.has(code)) return wrong('client-id', 'does not accept our client id.');
    if (code === TAKEN_OVER)
      return lost(`${address} has given our place to another client with the same id.`, 'taken-over', error);
    return lost(`${address} ended the connection: ${sentenceOf(error)}.`, String(code), error);
  }
  if (code !== null && CERTIFICATE.test(code))
    return wrong(
      'certificate',
      `has a certificate that is not trusted (${code}): add its CA to the TLS configuration of the MQTT broker node.`,
    );
  if (code !== null && NO_TLS.test(code))
    return wrong('tls', 'does not answer TLS on this port: check port and TLS in the MQTT broker node.');
  if (code === 'ECONNRESET' && !wasOpen) return hungUp(address, error);
  const known = code === null ? undefined : SOCKETS[code];
  return lost(`${address} ${known ?? `failed: ${sentenceOf(error)}.`}`, code ?? 'failed', error);
}

/** Before it said anything of MQTT: what a web server does, and each of two that disagree about TLS. */
export function hungUp(address: string, cause?: unknown): ConnectionLost {
  const where = 'check port and TLS in the MQTT broker node.';
  return lost(`${address} closed the connection before it answered: ${where}`, 'closed', cause);
}

export function lost(sentence: string, code: string, cause?: unknown): ConnectionLost {
  return new ConnectionLost(sentence, { broker, code, cause });
}
