import { join } from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { openLinkTo } from '../../src/mqtt/open-link.js';
import { Topics } from '../../src/feeds/topics.js';
import { refuseInput } from '../../src/node-red/account-sync-node.js';
import { findConnection } from '../../src/node-red/connections.js';
import { definitionId } from '../../src/node-red/definition-id.js';
import { guardedClock } from '../../src/node-red/guarded-clock.js';
import { isInFlow } from '../../src/node-red/in-flow.js';
import { instanceName } from '../../src/node-red/installation.js';
import { brokerNode, type BrokerAddress } from '../../src/node-red/mqtt-feed/broker-node.js';
import { mqttFeedConfig, type MqttFeedConfig } from '../../src/node-red/mqtt-feed/config.js';
import { MqttFeed, runMqttFeed } from '../../src/node-red/mqtt-feed/feed-node.js';
import { idInFileName, ownFolder } from '../../src/node-red/own-folder.js';
import { allReaders, onReaderStopped } from '../../src/node-red/readers.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { stableId } from '../../src/node-red/stable-id.js';
import type { Chance, Clock } from '../../src/ports.js';
import { systemChance, systemClock } from '../../src/runtime/system-clock.js';
import { decodeFeed, encodeFeed, type KeptFeed } from '../../src/state/feed.js';
import { keptFile, type Kept } from '../../src/state/kept-file.js';

export default function register(RED: NodeAPI): void {
  registerWith(RED, { clock: guardedClock(systemClock, saidInLog(RED).error), chance: systemChance });
}

/** Registers the node that keeps an MQTT broker told. */
export function registerWith(
  RED: NodeAPI,
  { chance, clock }: { readonly clock: Clock; readonly chance: Chance },
): void {
  RED.nodes.registerType('account-mqtt', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
    const file = fileOf(RED, this, config);
    const isThere = (): boolean => isInFlow(RED, definitionId(this.id, config));
    const start = (wanted: MqttFeedConfig, broker: BrokerAddress): void => {
      const instance = instanceName({
        userDir: RED.settings.userDir,
        id: stableId(RED, this, config),
        warn: saidByNode(this).warn,
      });
      const feed = new MqttFeed(this, wanted, {
        clock,
        chance,
        instance,
        address: broker.address,
        open: openLinkTo({ ...broker, ...whoWeAre(wanted, instance) }, clock),
        readers: allReaders,
        onReaderStopped,
        connectionIs,
        ...(file === null ? {} : { memory: file }),
      });
      runMqttFeed(this, feed, isThere);
    };
    const parsed = mqttFeedConfig(config);
    if ('wrong' in parsed) refuseInput(this, parsed.wrong);
    else {
      const broker = brokerNode(RED, parsed.config.broker);
      if ('wrong' in broker) refuseInput(this, broker.wrong);
      else {
        for (const warning of broker.warnings) saidByNode(this).warn(warning);
        start(parsed.config, broker.broker);
      }
    }
    // After the handler that remembers all, for that one writes the file once more.
    this.on('close', (removed: boolean, done: () => void) => {
      if (file === null || !removed || isThere()) return done();
      file.remove().then(done, done);
    });
  });
}

function whoWeAre({ discoveryPrefix, qos, topicPrefix: prefix }: MqttFeedConfig, instance: string) {
  const topics = new Topics({ prefix, discoveryPrefix, instance });
  return {
    clientId: `brokerage-${instance}`,
    qos,
    will: { topic: topics.bridge('status'), text: 'offline' },
  };
}

function connectionIs(id: string): 'live' | 'gone' | 'other' {
  const connection = findConnection(id);
  if (connection === null) return 'gone';
  return connection.kind === 'ready' && connection.ways.first.status.state === 'live' ? 'live' : 'other';
}

/** null without a user directory. */
function fileOf(RED: NodeAPI, node: Node, config: NodeDef): Kept<KeptFeed> | null {
  const { userDir } = RED.settings;
  if (userDir === undefined) return null;
  return keptFile({
    path: join(ownFolder(userDir), `mqtt-feed-${idInFileName(stableId(RED, node, config))}.json`),
    encode: encodeFeed,
    decode: decodeFeed,
    warn: saidByNode(node).warn,
    loss: 'after a restart, alerts that wait for the MQTT broker are lost, and what has ended may stay there.',
  });
}
