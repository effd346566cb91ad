import { flow } from './nodes.mjs';

const { accountsAndFeed, comment, mqttBroker, tab } = flow('mqtt-feed');

export const nodes = [
  tab({
    label: 'Brokerage: MQTT',
    info: 'Publishes accounts, positions, open orders and alerts to an MQTT broker, with discovery for Home Assistant.',
  }),
  comment({
    name: 'Accounts on MQTT: double-click here for the three steps',
    info: `1. Open **mqtt feed** and its MQTT broker: enter the address, and user and password where it has some.
2. Open **accounts** and its connection, or choose another one. Give each account a label: topics and devices are named after it. Leave *Send* at *everything each time*.
3. Deploy, and listen to \`brokerage/#\`. In Home Assistant the devices appear under Settings → Devices & services → MQTT.

The alerts go the same way: as an event of each account, and as a retained *last alert*.`,
  }),
  ...accountsAndFeed(),
  mqttBroker({ name: 'MQTT broker', protocolVersion: '5' }),
];
