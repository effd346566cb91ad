import type { AccountKey, Broker, BrokerSession, Clock, SessionEvents } from '../../ports.js';
import { ConfigError, type BrokerageError } from '../../errors.js';
import { likelyReason } from './calendar.js';
import { chooseAccounts } from './choose-accounts.js';
import type { IbkrOptions } from './config.js';
import { connectGateway, type Gateway, type GatewayEvents, type GatewayMessage } from './gateway.js';
import { maintenanceAt } from './maintenance.js';
import { IbkrSession } from './session.js';
import { gatewayZone } from './time.js';

export type { IbkrOptions } from './config.js';

export interface IbkrDependencies {
  readonly clock: Clock;
  readonly accountKey: AccountKey;
  /** `tws-backup` where it is the second gateway. */
  readonly via?: 'tws' | 'tws-backup';
}

/** A gateway may never free a client id that was in use (ib_async #152): after the second refusal another is tried. */
const REFUSALS_UNTIL_NEXT_ID = 2;
const NEXT_ID_STEP = 1000;
const CLIENT_IDS = 3;

/** Interactive Brokers through TWS or IB Gateway. */
export function createIbkrBroker(
  options: IbkrOptions,
  { clock, accountKey, via = 'tws' }: IbkrDependencies,
): Broker {
  let refusals = 0;
  /** IANA name, from the last handshake. */
  let timeZone: string | null = null;
  const clientId = (): number =>
    options.clientId + NEXT_ID_STEP * (Math.floor(refusals / REFUSALS_UNTIL_NEXT_ID) % CLIENT_IDS);
  return {
    name: 'ibkr',
    via,
    address: `${options.host}:${options.port}`,
    maintenance: maintenanceAt,
    likelyReason: (at, goodSince) => likelyReason({ at, goodSince, timeZone }),
    async open(events: SessionEvents, signal: AbortSignal): Promise<BrokerSession> {
      const relay = new Relay();
      let gateway: Gateway;
      try {
        gateway = await connectGateway({
          address: { ...options, clientId: clientId() },
          clock,
          events: relay,
          signal,
        });
      } catch (error) {
        if (error instanceof ConfigError && error.code === '326') refusals += 1;
        throw error;
      }
      const zone = gatewayZone(gateway.connectionTime, clock.now());
      timeZone = zone.kind === 'zone' ? zone.timeZone : null;
      let session: IbkrSession | null = null;
      try {
        const choice = chooseAccounts(gateway.accountNumbers, options, accountKey);
        session = new IbkrSession(gateway, choice, { events, clock, via });
        session.start(choice);
        relay.attach(session);
        return session;
      } catch (error) {
        gateway.close();
        await session?.close();
        throw error;
      }
    },
  };
}

/** Keeps what the gateway sends between its handshake and the first moment of the session. */
class Relay implements GatewayEvents {
  #session: GatewayEvents | null = null;
  readonly #early: ((session: GatewayEvents) => void)[] = [];

  attach(session: GatewayEvents): void {
    this.#session = session;
    for (const tell of this.#early.splice(0)) tell(session);
  }

  message(message: GatewayMessage): void {
    this.#tell((session) => session.message(message));
  }

  idle(): void {
    this.#tell((session) => session.idle());
  }

  unreadable(messageId: string, why: string): void {
    this.#tell((session) => session.unreadable(messageId, why));
  }

  ended(error: BrokerageError): void {
    this.#tell((session) => session.ended(error));
  }

  #tell(tell: (session: GatewayEvents) => void): void {
    if (this.#session === null) this.#early.push(tell);
    else tell(this.#session);
  }
}
