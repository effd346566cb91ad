import { ConfigError, ConnectionLost, type BrokerageError } from '../../errors.js';
import { reactionTo } from './codes.js';
import type { GatewayAddress } from './address.js';

/** How an attempt at a connection failed. */
export type Refusal =
  | { readonly kind: 'timeout' | 'hung-up'; readonly stage: string }
  | {
      readonly kind: 'local';
      readonly code: number;
      readonly message: string;
      readonly serverVersion: number;
    }
  | { readonly kind: 'code'; readonly code: number; readonly text: string };

const API_SETTINGS = 'In TWS or IB Gateway look at Configuration → API → Settings';

/** The error that says what is wrong with a gateway and what to change. */
export function explainRefusal(refusal: Refusal, address: GatewayAddress): BrokerageError {
  const where = `${address.host}:${address.port}`;
  switch (refusal.kind) {
    case 'timeout':
      return refusal.stage === 'tcp'
        ? unreachable(where, 'no answer within 10 s')
        : silent(where, refusal.stage);
    case 'hung-up':
      return lost(
        'hung-up',
        `${where} accepted the connection and closed it at once. ${API_SETTINGS}: is “Enable ActiveX and Socket Clients” ticked, and is this machine among the trusted IPs?`,
      );
    case 'local':
      return localError(refusal, where);
    case 'code':
      return refusedBy(refusal, address);
  }
}

function silent(where: string, stage: string): BrokerageError {
  if (stage === 'version') {
    return lost(
      'silent',
      `${where} accepts connections but says nothing. Is it the API port of TWS or IB Gateway, and does TWS show a window that asks to accept the connection?`,
    );
  }
  return lost(
    'not-ready',
    `${where} answered but did not become ready within 15 s. Is TWS or IB Gateway logged in?`,
  );
}

function localError(
  { code, message, serverVersion }: Extract<Refusal, { readonly kind: 'local' }>,
  where: string,
): BrokerageError {
  if (reactionTo(code) === 'version') {
    return config(
      code,
      `${where} speaks version ${serverVersion} of the API, which is not supported. Update TWS or IB Gateway.`,
      true,
    );
  }
  if (message.includes('ECONNREFUSED')) {
    return lost(
      'ECONNREFUSED',
      `${where} refuses connections. Is TWS or IB Gateway running, logged in, and its API port the one entered here? ${API_SETTINGS}.`,
    );
  }
  if (message.includes('ENOTFOUND') || message.includes('EAI_AGAIN')) {
    return config(
      'ENOTFOUND',
      `There is no host of the name in ${where}. Check the host of the connection.`,
      true,
    );
  }
  return unreachable(where, message);
}

function refusedBy(
  { code, text }: Extract<Refusal, { readonly kind: 'code' }>,
  { host, port, clientId }: GatewayAddress,
): BrokerageError {
  const reaction = reactionTo(code);
  if (reaction === 'client-id-in-use') {
    return config(
      code,
      `Client id ${clientId} is in use at ${host}:${port}: another program, or another node, is connected with it. Choose another client id.`,
      true,
    );
  }
  if (reaction === 'paper-disclaimer') {
    return config(
      code,
      `The paper account at ${host}:${port} waits for its disclaimer to be accepted. Open TWS or IB Gateway and accept it.`,
      true,
    );
  }
  if (reaction === 'version')
    return config(
      code,
      `${host}:${port} is too old for this package (${text}). Update TWS or IB Gateway.`,
      true,
    );
  return lost(String(code), `${host}:${port} refused the connection: ${text} (code ${code}).`);
}

function unreachable(where: string, why: string): BrokerageError {
  return lost('unreachable', `${where} cannot be reached: ${why}. Check host, port and firewall.`);
}

function lost(code: string, message: string): ConnectionLost {
  return new ConnectionLost(message, { broker: 'ibkr', code });
}

function config(code: string | number, message: string, retrySlowly: boolean): ConfigError {
  return new ConfigError(message, { broker: 'ibkr', code: String(code), retrySlowly });
}
