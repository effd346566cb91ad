/** Every message as one MQTT frame; what has no topic says where it comes from. */
const TO_FRAME = `
  const { req, res, ...rest } = msg;
  return { topic: 'canary/' + (typeof msg.topic === 'string' && msg.topic || 'none').replace(/[#+]/g, '-'), payload: JSON.stringify(rest) };`;

let row = 0;
const onTab = (id: string, type: string, more: object) => ({
  id,
  type,
  z: 'tab',
  x: 200,
  y: (row += 40),
  ...more,
});

/** What takes every message that there is: a debug node to console and editor, and an MQTT broker. */
function witnesses(mqttPort: number): readonly object[] {
  return [
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
    },
    onTab('out', 'mqtt out', { topic: '', qos: '1', retain: 'false', broker: 'mqtt', wires: [] }),
    onTab('frame', 'function', { func: TO_FRAME, outputs: 1, wires: [['out']] }),
    onTab('debug', 'debug', {
      active: true,
      tosidebar: true,
      console: true,
      tostatus: true,
      complete: 'true',
      targetType: 'full',
      statusVal: '',
      statusType: 'auto',
      wires: [],
    }),
    onTab('catch', 'catch', { scope: null, uncaught: false, wires: [['frame', 'debug']] }),
    onTab('status', 'status', {
      scope: ['sync-ibkr', 'sync-schwab', 'sync-bad', 'sync-filter', 'feed', 'feed-lost', 'leaky'],
      wires: [['frame']],
    }),
  ];
}

const TO_ALL = ['frame', 'debug'] as const;

function sync(id: string, connection: string, more: readonly string[] = []): object {
  const all = [...TO_ALL, ...more];
  return onTab(id, 'account-sync', { version: 1, connection, wires: [all, all, all, all] });
}

/** Two mqtt feeds, of which one has nobody to talk to, and an alert node before them; all that account-sync tells goes there. */
function feeds({ mqttLogin, mqttPort, typedPassword }: CanaryFlow): readonly object[] {
  const broker = { type: 'mqtt-broker', clientid: '', usetls: false, protocolVersion: '5', keepalive: '60' };
  const rule = { id: 'rich', name: 'Rich', metric: 'netLiquidation', operator: '>', threshold: 1 };
  return [
    { ...broker, id: 'm-feed', broker: '127.0.0.1', port: String(mqttPort), credentials: mqttLogin },
    {
      ...broker,
      id: 'm-lost',
      broker: `mqtt://canary:${encodeURIComponent(typedPassword)}@127.0.0.1:1`,
      port: '',
    },
    onTab('feed', 'account-mqtt', { version: 1, broker: 'm-feed', wires: [] }),
    onTab('feed-lost', 'account-mqtt', { version: 1, broker: 'm-lost', wires: [] }),
    onTab('alert', 'account-alert', {
      version: 1,
      rules: [{ ...rule, severity: 'critical' }],
      wires: [[...TO_ALL, 'feed', 'feed-lost']],
    }),
  ];
}
const TO_FEEDS = ['feed', 'feed-lost', 'alert'] as const;

export interface CanaryFlow {
  readonly mqttPort: number;
  readonly twsPort: number;
  readonly schwabUrl: string;
  readonly credentials: { readonly appKey: string; readonly appSecret: string };
  /** Of the MQTT broker, which lets everybody in. */
  readonly mqttLogin: { readonly user: string; readonly password: string };
  /** A password that was typed into the address of an MQTT broker. */
  readonly typedPassword: string;
  /** An app secret that was typed into the field of the callback address. */
  readonly misplaced: string;
  /** An account number that no login has. */
  readonly foreignNumber: string;
}

/** Both brokers, one connection that is wrong and one whose filter is, and a page that asks for everything anew. */
export function canaryFlow(given: CanaryFlow): readonly object[] {
  const { credentials, foreignNumber, misplaced, mqttPort, schwabUrl, twsPort } = given;
  const schwab = { type: 'schwab-config', version: 1, apiUrl: schwabUrl, credentials };
  const ibkr = { type: 'ibkr-config', version: 1, host: '127.0.0.1', port: String(twsPort) };
  return [
    { id: 'tab', type: 'tab', label: 'canary' },
    { id: 'c-ibkr', name: 'TWS', clientId: '17', ...ibkr },
    { id: 'c-filter', name: 'filtered', clientId: '18', accounts: foreignNumber, ...ibkr },
    { id: 'c-schwab', name: 'Schwab', callbackUrl: 'https://127.0.0.1', ...schwab },
    { id: 'c-bad', name: 'wrong', callbackUrl: misplaced, ...schwab },
    ...witnesses(mqttPort),
    ...feeds(given),
    sync('sync-ibkr', 'c-ibkr', TO_FEEDS),
    sync('sync-filter', 'c-filter'),
    sync('sync-schwab', 'c-schwab', TO_FEEDS),
    sync('sync-bad', 'c-bad'),
    onTab('ask', 'http in', { url: '/ask', method: 'get', wires: [['answer']] }),
    onTab('answer', 'function', {
      func: "return [{ ...msg, payload: {} }, { payload: 'refresh' }];",
      outputs: 2,
      wires: [['response'], ['sync-ibkr', 'sync-filter', 'sync-schwab', 'sync-bad']],
    }),
    onTab('response', 'http response', { wires: [] }),
  ];
}

/** A node that gives a value away in every way that there is, an account-sync, and what hears them. */
export function leakyFlow({
  mqttPort,
  twsPort,
}: Pick<CanaryFlow, 'mqttPort' | 'twsPort'>): readonly object[] {
  return [
    { id: 'tab', type: 'tab', label: 'leaky' },
    { id: 'c-ibkr', type: 'ibkr-config', version: 1, name: 'TWS', host: '127.0.0.1', port: String(twsPort) },
    ...witnesses(mqttPort),
    sync('sync-ibkr', 'c-ibkr'),
    onTab('leaky', 'leaky', { wires: [['frame']] }),
  ];
}
