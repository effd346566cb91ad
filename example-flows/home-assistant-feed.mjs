import { flow } from './nodes.mjs';

const { accountsAndFeed, comment, mqttBroker, tab } = flow('home-assistant-feed');

export const nodes = [
  tab({
    label: 'Brokerage: Home Assistant',
    info: 'Accounts, positions, open orders and alerts as devices of Home Assistant, by way of its MQTT broker.',
  }),
  comment({
    name: 'Accounts in Home Assistant: double-click here for the five steps',
    info: `1. Home Assistant: Settings → Add-ons → *Mosquitto broker*, install and start it; Settings → Devices & services, add *MQTT* (it offers itself). Settings → People → Users: add a user for Node-RED, with a password.
2. Here: open **mqtt feed** and its MQTT broker: the address of Home Assistant, that user and that password. Where Node-RED is itself an add-on, the address is \`core-mosquitto\`.
3. Open **accounts** and its connection, or choose another one. Give each account a label, such as *IBKR main*: its device, its entities (\`sensor.ibkr_main_net_liquidation\`) and its topics are named after it. Leave *Send* at *everything each time*.
4. Deploy. Settings → Devices & services → MQTT shows a device for each account, with a sensor for each position, and one named *Brokerage for Node-RED* with the button *Refresh*.
5. A dashboard and automations (alerts to the phone, old figures, the weekly sign-in at Schwab, a refresh when the market opens) lie in the package, in \`examples/home-assistant\`.

Alerts are events of each account, and a *last alert* that stays; what **alerts** watches is chosen there.

A device that is *unavailable* means that this feed does not run; old figures are *available*, and *Data stale* is on. Closed positions go by themselves, and come back under the same entity when they are opened again.`,
  }),
  ...accountsAndFeed(),
  mqttBroker({ name: 'Home Assistant', broker: 'homeassistant.local', protocolVersion: '5' }),
];
