import { z } from 'zod';
import { startTwsSimulator, type Market, type TwsSimulator } from '../../simulators/index.js';
import { mailNode } from './mail-example.js';
import { startMailServer, type MailServer } from './mail-server.js';
import { startMosquitto, type Mosquitto } from './mosquitto.js';
import { linkPackageAnd, startNodeRed, type NodeRedProcess } from './node-red-process.js';

export const MQTT_TOPIC = 'home/alerts';
const WITNESS = 'witness/alerts';
const MQTT_LOGIN = { username: 'flow', password: 'mqtt-password-of-the-tests' };

/** What left the alert node, as a witness behind it has written it down. */
export const SentAlert = z.looseObject({
  topic: z.string(),
  payload: z.string(),
  title: z.string(),
  priority: z.string(),
  alert: z.looseObject({ id: z.string(), ruleId: z.string(), state: z.string() }),
});
export type SentAlert = z.infer<typeof SentAlert>;

export interface Watching {
  readonly rules: readonly object[];
  /** Account number → label. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A real Node-RED with account-sync, an alert node, and one wire from it to each sink; its gateway is simulated. */
export interface AlertWire {
  readonly tws: TwsSimulator;
  readonly mail: MailServer;
  readonly mqtt: Mosquitto;
  readonly nodeRed: NodeRedProcess;
  watch(watching: Watching): Promise<void>;
  /** A message into the alert node. */
  command(message: object): Promise<void>;
  /** What left the alert node so far, oldest first. */
  sent(): readonly SentAlert[];
  /** What was published on this topic, oldest first. */
  published(topic: string): readonly string[];
  close(): Promise<void>;
}

export async function startAlertWire(market: Market): Promise<AlertWire> {
  const [mqtt, mail, tws, nodeRed] = await Promise.all([
    startMosquitto(MQTT_LOGIN),
    startMailServer(),
    startTwsSimulator({ market, valuePushMs: 500 }),
    startNodeRed({
      install: linkPackageAnd('node-red-node-email', '@flowfuse/node-red-dashboard'),
    }),
  ]);
  const published = (topic: string): readonly string[] =>
    mqtt.frames.flatMap((frame) => (frame.startsWith(`${topic} `) ? [frame.slice(topic.length + 1)] : []));
  return {
    tws,
    mail,
    mqtt,
    nodeRed,
    watch: async (watching) =>
      await nodeRed.deploy(flow({ ...watching, mail, mqttPort: mqtt.port, twsPort: tws.port })),
    command: async (message) => {
      const answer = await fetch(`${nodeRed.url}/command`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
      });
      if (!answer.ok) throw new Error(`the command was answered with ${answer.status}`);
    },
    sent: () => published(WITNESS).map((text) => SentAlert.parse(JSON.parse(text))),
    published,
    close: async () => {
      await nodeRed.stop();
      await Promise.all([mqtt.close(), mail.close(), tws.close()]);
    },
  };
}

interface Places extends Watching {
  readonly mail: MailServer;
  readonly mqttPort: number;
  readonly twsPort: number;
}

const onTab = (id: string, type: string, more: object) => ({ id, type, z: 'tab', x: 200, y: 60, ...more });

function flow({ labels = {}, mail, mqttPort, rules, twsPort }: Places): readonly object[] {
  const mqttOut = { broker: 'mqtt', qos: '', retain: '', wires: [] };
  return [
    { id: 'tab', type: 'tab', label: 'Alerts' },
    { id: 'ibkr1', type: 'ibkr-config', version: 1, name: 'TWS', host: '127.0.0.1', port: String(twsPort) },
    onTab('sync1', 'account-sync', {
      connection: 'ibkr1',
      coalesceMs: '20',
      labels,
      wires: [['alert'], ['alert'], ['alert'], ['alert']],
    }),
    onTab('alert', 'account-alert', {
      version: 1,
      name: 'alerts',
      rules,
      wires: [['mail', 'mqtt-out', 'notify', 'text', 'encode']],
    }),
    onTab('mail', 'e-mail', {
      ...mailNode(mail),
      dname: 'mail',
      credentials: mail.login,
      wires: [],
    }),
    { ...onTab('mqtt-out', 'mqtt out', mqttOut), topic: MQTT_TOPIC },
    ...dashboard(),
    onTab('encode', 'function', {
      func: `return { payload: JSON.stringify(msg) };`,
      outputs: 1,
      wires: [['witness']],
    }),
    { ...onTab('witness', 'mqtt out', mqttOut), topic: WITNESS },
    onTab('status', 'status', { scope: ['alert'], wires: [['status-text']] }),
    onTab('status-text', 'function', {
      func: `return { payload: JSON.stringify(msg.status) };`,
      outputs: 1,
      wires: [['status-out']],
    }),
    { ...onTab('status-out', 'mqtt out', mqttOut), topic: 'witness/status' },
    onTab('command', 'http in', { url: '/command', method: 'post', wires: [['unpack', 'ok']] }),
    onTab('unpack', 'function', { func: `return msg.payload;`, outputs: 1, wires: [['alert']] }),
    onTab('ok', 'http response', { statusCode: '204', wires: [] }),
    {
      id: 'mqtt',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(mqttPort),
      clientid: '',
      autoConnect: true,
      usetls: false,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
      credentials: { user: MQTT_LOGIN.username, password: MQTT_LOGIN.password },
    },
  ];
}

function dashboard(): readonly object[] {
  const shown = { visible: 'true', disabled: 'false', className: '' };
  return [
    {
      id: 'ui',
      type: 'ui-base',
      name: 'Dashboard',
      path: '/dashboard',
      includeClientData: true,
      acceptsClientConfig: ['ui-notification', 'ui-control'],
    },
    {
      id: 'theme',
      type: 'ui-theme',
      name: 'Plain',
      colors: {
        surface: '#ffffff',
        primary: '#1f5fbf',
        bgPage: '#f4f5f7',
        groupBg: '#ffffff',
        groupOutline: '#e3e6ea',
      },
      sizes: { pagePadding: '16px', groupGap: '16px', groupBorderRadius: '4px', widgetGap: '12px' },
    },
    {
      id: 'page',
      type: 'ui-page',
      name: 'Alerts',
      ui: 'ui',
      path: '/alerts',
      icon: 'bell',
      layout: 'grid',
      theme: 'theme',
      order: 1,
      ...shown,
    },
    {
      id: 'group',
      type: 'ui-group',
      name: 'Alerts',
      page: 'page',
      width: 6,
      height: 1,
      order: 1,
      showTitle: true,
      groupType: 'default',
      ...shown,
    },
    onTab('text', 'ui-text', {
      group: 'group',
      order: 1,
      width: 6,
      height: 1,
      name: '',
      label: 'Last alert',
      format: '{{msg.payload}}',
      layout: 'col-center',
      value: 'payload',
      valueType: 'msg',
      wires: [],
    }),
    onTab('notify', 'ui-notification', {
      ui: 'ui',
      position: 'top right',
      colorDefault: true,
      color: '#000000',
      displayTime: '0',
      showCountdown: false,
      outputs: 0,
      allowDismiss: true,
      dismissText: 'Close',
      allowConfirm: false,
      confirmText: 'Confirm',
      raw: false,
      className: '',
      name: '',
      wires: [],
    }),
  ];
}
