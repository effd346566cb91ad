import type { Node } from 'node-red';
import { sentenceOf } from '../errors.js';
import type { AccountKey, Broker, Chance, Clock, Logger } from '../ports.js';
import { Connection } from '../runtime/connection.js';
import { Ways } from '../runtime/ways.js';
import type { SecretsWatch } from '../runtime/secrets-watch.js';
import { offerConnection, withdrawConnection, type BrokerConnection } from './connections.js';
import { deadline } from '../resilience/deadline.js';
import { waitForKeychain } from './keychain-users.js';
import { saidByNode } from './said.js';

/** Another way to the same accounts. */
export interface StandbyBroker {
  readonly broker: Broker;
  /** It is asked when no better way has served for so long. */
  readonly afterMs: number;
}

export interface BrokerConfigNode {
  readonly name: string;
  /** What the user entered, as a broker; or what is wrong with it. */
  readonly broker: Broker | { readonly wrong: string };
  /** The best first. */
  readonly standbys?: readonly StandbyBroker[];
  readonly brokerName: Broker['name'];
  readonly accountKey: AccountKey;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Absent where no secret is kept outside of Node-RED. */
  readonly secrets?: {
    readonly watch: SecretsWatch;
    /** Other secrets are kept than the ones that the ways were made with. */
    readonly onChange: (ways: Ways) => void;
  };
}

/** Node-RED waits 15 s for a close; sockets that hang must not use it up. */
const CLOSE_WITHIN_MS = 4_000;

/** Gives a broker's config node its life: one connection, shared by the nodes that use it, closed with it. */
export function runBrokerConfigNode(node: Node, config: BrokerConfigNode): void {
  const log = saidByNode(node);
  const offer = offerOf(config, log);
  offerConnection(node.id, offer);
  const { secrets } = config;
  const leave = waitForKeychain(() => {
    secrets?.watch.look().catch((error: unknown) => log.warn(sentenceOf(error)));
    if (offer.kind === 'ready') offer.ways.retryNow();
  });
  node.on('close', (_removed: boolean, done: () => void) => {
    withdrawConnection(node.id, offer);
    leave();
    secrets?.watch.close();
    if (offer.kind === 'misconfigured') return done();
    const late = (): void => log.warn(`The connection to ${offer.name} took too long to close.`);
    deadline(offer.ways.close(), { ms: CLOSE_WITHIN_MS, clock: config.clock, late })
      .catch((error: unknown) => log.warn(sentenceOf(error)))
      .finally(done);
  });
}

function offerOf(config: BrokerConfigNode, log: Logger): BrokerConnection {
  const { accountKey, broker, brokerName, chance, clock, name, secrets, standbys = [] } = config;
  if ('wrong' in broker) {
    log.error(broker.wrong);
    return { kind: 'misconfigured', broker: brokerName, name, reason: broker.wrong };
  }
  const concern = secrets === undefined ? {} : { concern: secrets.watch };
  const ways = new Ways({
    first: new Connection({ broker, clock, chance, logger: log, ...concern }),
    standbys: standbys.map(({ afterMs, broker: other }) => ({
      afterMs,
      make: () => new Connection({ broker: other, clock, chance, logger: log }),
    })),
    clock,
    logger: log,
  });
  const polls = new Set<{ readonly pollMs: number }>();
  return {
    kind: 'ready',
    broker: brokerName,
    name: name === '' ? broker.address : name,
    ways,
    accountKey: (accountNumber) => accountKey(brokerName, accountNumber),
    secretsChanged() {
      secrets?.watch.look().catch((error: unknown) => log.warn(sentenceOf(error)));
      secrets?.onChange(ways);
    },
    join(user) {
      polls.add(user);
      ways.pollMs = soonest(polls);
      ways.start();
      return () => {
        polls.delete(user);
        if (polls.size > 0) ways.pollMs = soonest(polls);
      };
    },
  };
}

function soonest(polls: ReadonlySet<{ readonly pollMs: number }>): number {
  return Math.min(...[...polls].map(({ pollMs }) => pollMs));
}
