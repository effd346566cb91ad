import { readFileSync } from 'node:fs';

// The nodes of the demo's flow and where they stand. scripts/make-demo-flow.mjs makes demo/flow.json of them.
const tab = 'demo-tab';

/** Widths as the editor draws them: it wants the middle of a node, while columns are aligned by their edges. */
const WIDTHS = {
  'demo-note-accounts': 420,
  'demo-sync': 140,
  'demo-sync-schwab': 180,
  'demo-which': 200,
  'demo-out-balances': 120,
  'demo-out-positions': 120,
  'demo-out-orders': 100,
  'demo-out-executions': 140,
  'demo-out-activities': 120,
  'demo-out-status': 100,
  'demo-note-dashboard': 300,
  'demo-ui-style': 140,
  'demo-in-overview': 180,
  'demo-fn-overview': 120,
  'demo-ui-overview': 120,
  'demo-in-history': 120,
  'demo-fn-history': 160,
  'demo-ui-history': 160,
  'demo-in-positions': 120,
  'demo-fn-positions': 120,
  'demo-ui-positions': 120,
  'demo-in-orders': 180,
  'demo-fn-orders': 140,
  'demo-ui-orders': 140,
  'demo-in-executions': 120,
  'demo-fn-executions': 140,
  'demo-ui-executions': 140,
  'demo-note-alerts': 520,
  'demo-in-alerts': 120,
  'demo-in-commands': 120,
  'demo-list': 160,
  'demo-new': 120,
  'demo-alert': 100,
  'demo-fn-alerts': 140,
  'demo-ui-alerts': 100,
  'demo-fn-buttons': 120,
  'demo-out-commands': 120,
  'demo-ui-notification': 140,
  'demo-feed': 120,
};

const example = JSON.parse(readFileSync(new URL('../examples/flows/alerts.json', import.meta.url), 'utf8'));
const { rules } = example.find(({ type }) => type === 'account-alert');
/** The rules that are on from the start, and two of the ready list that have something to tell within minutes. */
const demoRules = [
  ...rules,
  {
    id: 'order-filled',
    name: 'Order filled',
    enabled: true,
    severity: 'info',
    metric: 'orderStatus',
    operator: 'event',
    threshold: ['filled'],
    cooldownSeconds: 0,
  },
  {
    id: 'position-changed',
    name: 'Position opened, closed or changed',
    enabled: true,
    severity: 'info',
    metric: 'quantity',
    operator: 'event',
    threshold: [],
    cooldownSeconds: 0,
  },
];

const placed = (id, { left, y, g }) => ({ id, z: tab, g, x: left + WIDTHS[id] / 2, y });

/** Left edges of the three columns. */
const COLUMNS = { in: 60, shape: 300, out: 560 };

/** A row of a group: the news comes in on the left, is put into shape, and goes out on the right. */
const linkIn = (name, position, wires) => ({
  ...placed(`demo-in-${position.id}`, { ...position, left: COLUMNS.in }),
  type: 'link in',
  name,
  l: true,
  links: position.from.map((from) => `demo-out-${from}`),
  wires: [wires],
});

const shape = (id, name, { y, g, wires }) => ({
  ...placed(`demo-fn-${id}`, { left: COLUMNS.shape, y, g }),
  type: 'function',
  name,
  file: `functions/${id}.js`,
  into: 'func',
  outputs: 1,
  timeout: 0,
  noerr: 0,
  initialize: '',
  finalize: '',
  libs: [],
  wires: [wires],
});

const linkOut = (id, { y, to }) => ({
  ...placed(`demo-out-${id}`, { left: COLUMNS.out + 20, y, g: 'demo-group-accounts' }),
  type: 'link out',
  name: id,
  mode: 'link',
  l: true,
  links: to.map((target) => `demo-in-${target}`),
  wires: [],
});

const comment = (id, name, { y, g, info }) => ({
  ...placed(`demo-note-${id}`, { left: COLUMNS.in, y, g }),
  type: 'comment',
  name,
  info,
  wires: [],
});

const group = (id, name, { x, y, w, h, fill, nodes }) => ({
  id: `demo-group-${id}`,
  type: 'group',
  z: tab,
  name,
  style: {
    label: true,
    'label-position': 'nw',
    color: '#33405a',
    stroke: fill.stroke,
    fill: fill.fill,
    'fill-opacity': '0.35',
  },
  nodes,
  x,
  y,
  w,
  h,
});

const widgets = [
  { id: 'overview', name: 'Overview', from: ['balances', 'status'], y: 460 },
  { id: 'history', name: 'Net liquidation', from: ['balances'], y: 500 },
  { id: 'positions', name: 'Positions', from: ['positions'], y: 540 },
  { id: 'orders', name: 'Open orders', from: ['balances', 'orders'], y: 580 },
  { id: 'executions', name: 'Executions', from: ['executions'], y: 620 },
];

const targets = (kind) => [
  ...widgets.filter(({ from }) => from.includes(kind)).map(({ id }) => id),
  'alerts',
];

const widgetWidths = { overview: 12, alerts: 12, history: 12, positions: 12, orders: 6, executions: 6 };

/** A panel of the page, and the place where it stands there. */
const panel = (id, name, { left = COLUMNS.out, y, g, order, wires = [] }) => [
  {
    ...placed(`demo-ui-${id}`, { left, y, g }),
    type: 'ui-template',
    group: `demo-ui-group-${id}`,
    page: '',
    ui: '',
    name,
    order: 1,
    width: 0,
    height: 0,
    head: '',
    file: `dashboard/${id}.vue`,
    into: 'format',
    storeOutMessages: true,
    passthru: false,
    resendOnRefresh: true,
    templateScope: 'local',
    className: '',
    wires: [wires],
  },
  {
    id: `demo-ui-group-${id}`,
    type: 'ui-group',
    name,
    page: 'demo-ui-page',
    width: widgetWidths[id],
    height: 1,
    order,
    showTitle: false,
    className: 'bk-group',
    visible: 'true',
    disabled: 'false',
    groupType: 'default',
  },
];

const dashboard = widgets.flatMap(({ id, name, from, y }, index) => {
  const g = 'demo-group-dashboard';
  return [
    linkIn(from.join(' and '), { id, y, g, from }, [`demo-fn-${id}`]),
    shape(id, name, { y, g, wires: [`demo-ui-${id}`] }),
    // The alerts stand second.
    ...panel(id, name, { y, g, order: index === 0 ? 1 : index + 2 }),
  ];
});

const accounts = [
  comment('accounts', 'Start here: two simulated brokers with invented accounts', {
    y: 80,
    g: 'demo-group-accounts',
    info: `\`npm start\` runs a simulated TWS on this machine and tells Node-RED its port in the environment variable
\`DEMO_TWS_PORT\`, which the connection uses.

For your own accounts open the **account sync** node, edit its connection, and enter the host and the port of
your TWS or IB Gateway (4001 live, 4002 paper; TWS itself 7496 and 7497). Nothing else in this flow changes.

The **Schwab accounts** node reads a simulated Charles Schwab, to which the demo has logged in for you. Open its
connection and press **Log in again** to see how that goes: the simulated sign-in takes any password. For your own
accounts enter your app key and secret, and under *Advanced* the address https://api.schwabapi.com.

The bridge only reads: it cannot place, change or cancel an order.`,
  }),
  {
    ...placed('demo-sync', { left: COLUMNS.in, y: 140, g: 'demo-group-accounts' }),
    type: 'account-sync',
    name: 'all accounts',
    version: 1,
    connection: 'demo-tws',
    accounts: '',
    emit: 'snapshots',
    pollSeconds: 60,
    coalesceMs: 250,
    staleAfterSeconds: 900,
    labels: { DU1000001: 'Main', DU1000002: 'Retirement', DU1000003: 'Euro' },
    wires: [['demo-out-balances'], ['demo-out-positions'], ['demo-which'], ['demo-out-status']],
  },
  {
    ...placed('demo-sync-schwab', { left: COLUMNS.in, y: 240, g: 'demo-group-accounts' }),
    type: 'account-sync',
    name: 'Schwab accounts',
    version: 1,
    connection: 'demo-schwab',
    accounts: '',
    emit: 'snapshots',
    pollSeconds: 5,
    coalesceMs: 250,
    staleAfterSeconds: 900,
    labels: { '01234567': 'Schwab Trading', 52810394: 'Schwab Retirement', 90417263: 'Schwab Savings' },
    wires: [['demo-out-balances'], ['demo-out-positions'], ['demo-which'], ['demo-out-status']],
  },
  {
    ...placed('demo-which', { left: COLUMNS.shape - 20, y: 220, g: 'demo-group-accounts' }),
    type: 'switch',
    name: 'orders or executions?',
    property: 'sync.kind',
    propertyType: 'msg',
    rules: [{ t: 'eq', v: 'orders', vt: 'str' }, { t: 'eq', v: 'executions', vt: 'str' }, { t: 'else' }],
    checkall: 'false',
    repair: false,
    outputs: 3,
    wires: [['demo-out-orders'], ['demo-out-executions'], ['demo-out-activities']],
  },
  linkOut('balances', { y: 120, to: targets('balances') }),
  linkOut('positions', { y: 160, to: targets('positions') }),
  linkOut('orders', { y: 200, to: targets('orders') }),
  linkOut('executions', { y: 240, to: targets('executions') }),
  linkOut('activities', { y: 280, to: targets('activities') }),
  linkOut('status', { y: 320, to: targets('status') }),
];

const ids = (nodes) => nodes.filter(({ g }) => g).map(({ id }) => id);

const dashboardNote = comment('dashboard', 'The page: open /dashboard/accounts', {
  y: 420,
  g: 'demo-group-dashboard',
  info: `Each function keeps what it last heard of every account, because a page that is opened later gets only the
last message of each widget. The widgets are templates of Dashboard 2; the style of the page is in the template
**Page style**.

A figure that the broker does not give is shown as –, never as 0. Amounts of different currencies are never
added up.`,
});

const style = {
  ...placed('demo-ui-style', { left: COLUMNS.out, y: 420, g: 'demo-group-dashboard' }),
  type: 'ui-template',
  group: '',
  page: 'demo-ui-page',
  ui: '',
  name: 'Page style',
  order: 0,
  width: 0,
  height: 0,
  head: '',
  file: 'dashboard/style.css',
  into: 'format',
  storeOutMessages: true,
  passthru: true,
  resendOnRefresh: true,
  templateScope: 'page:style',
  className: '',
  wires: [[]],
};

const alertsGroup = 'demo-group-alerts';
const ALERT_KINDS = ['balances', 'positions', 'orders', 'executions', 'activities', 'status'];
const alerts = [
  comment('alerts', 'Alerts, on the page and with all figures on MQTT: brokerage/<account>/…', {
    y: 720,
    g: alertsGroup,
    info: `Open **alerts** to see its rules, to change one, or to add one from the ready list. What it tells goes to the page,
as a notification, and to MQTT. *Acknowledge* on the page is a message with the topic \`ack\`; every half minute, and
after each alert, \`list\` asks what goes on.

**mqtt feed** publishes every account, position, open order and alert, with discovery for Home Assistant. The broker of
the demo runs inside \`npm start\`, on the port in \`DEMO_MQTT_PORT\`: listen to \`brokerage/#\`. For your own broker
edit the MQTT broker in **mqtt feed**.`,
  }),
  linkIn('everything', { id: 'alerts', y: 780, g: alertsGroup, from: ALERT_KINDS }, [
    'demo-alert',
    'demo-feed',
  ]),
  {
    ...placed('demo-list', { left: COLUMNS.in + 20, y: 820, g: alertsGroup }),
    type: 'inject',
    name: 'what goes on?',
    props: [{ p: 'topic', vt: 'str' }],
    repeat: '30',
    crontab: '',
    once: true,
    onceDelay: '1',
    topic: 'list',
    wires: [['demo-alert']],
  },
  {
    ...placed('demo-in-commands', { left: COLUMNS.in, y: 860, g: alertsGroup }),
    type: 'link in',
    name: 'commands',
    l: true,
    links: ['demo-out-commands'],
    wires: [['demo-alert']],
  },
  {
    ...placed('demo-alert', { left: COLUMNS.shape - 20, y: 820, g: alertsGroup }),
    type: 'account-alert',
    name: 'alerts',
    version: 1,
    rules: demoRules,
    quietHours: null,
    wires: [['demo-fn-alerts', 'demo-new', 'demo-feed']],
  },
  {
    ...shape('alerts', 'for the page', { y: 780, g: alertsGroup, wires: [] }),
    ...placed('demo-fn-alerts', { left: COLUMNS.shape + 120, y: 780, g: alertsGroup }),
    file: '../example-flows/functions/board.js',
    outputs: 2,
    wires: [['demo-ui-alerts'], ['demo-out-commands']],
  },
  ...panel('alerts', 'Alerts', {
    left: COLUMNS.out + 40,
    y: 760,
    g: alertsGroup,
    order: 2,
    wires: ['demo-fn-buttons'],
  }),
  {
    ...shape('buttons', 'a button', { y: 760, g: alertsGroup, wires: ['demo-out-commands'] }),
    ...placed('demo-fn-buttons', { left: COLUMNS.out + 180, y: 760, g: alertsGroup }),
    file: '../example-flows/functions/buttons.js',
  },
  {
    ...placed('demo-out-commands', { left: COLUMNS.out + 180, y: 800, g: alertsGroup }),
    type: 'link out',
    name: 'commands',
    mode: 'link',
    l: true,
    links: ['demo-in-commands'],
    wires: [],
  },
  {
    ...placed('demo-new', { left: COLUMNS.shape + 120, y: 820, g: alertsGroup }),
    type: 'switch',
    name: 'an alert?',
    property: 'alert',
    propertyType: 'msg',
    rules: [{ t: 'nnull' }],
    checkall: 'true',
    repair: false,
    outputs: 1,
    wires: [['demo-ui-notification']],
  },
  {
    ...placed('demo-ui-notification', { left: COLUMNS.out + 40, y: 840, g: alertsGroup }),
    type: 'ui-notification',
    ui: 'demo-ui-base',
    name: 'notification',
    position: 'bottom right',
    colorDefault: true,
    color: '#000000',
    displayTime: '8',
    showCountdown: true,
    outputs: 1,
    allowDismiss: true,
    dismissText: 'Close',
    allowConfirm: false,
    confirmText: 'Confirm',
    raw: false,
    className: '',
    wires: [[]],
  },
  {
    ...placed('demo-feed', { left: COLUMNS.shape + 120, y: 860, g: alertsGroup }),
    type: 'account-mqtt',
    name: 'mqtt feed',
    version: 1,
    broker: 'demo-mqtt',
    topicPrefix: 'brokerage',
    homeAssistant: true,
    discoveryPrefix: 'homeassistant',
    qos: 1,
    privacy: 'amounts',
    wires: [],
  },
];

export const nodes = [
  {
    id: tab,
    type: 'tab',
    label: 'Brokerage demo',
    disabled: false,
    info: 'From two (simulated) brokers to a dashboard and to MQTT.',
    env: [],
  },
  group('accounts', '1  Accounts, from Interactive Brokers and Charles Schwab', {
    x: 34,
    y: 39,
    w: 762,
    h: 322,
    fill: { stroke: '#3f7cac', fill: '#dbe9f4' },
    nodes: ids(accounts),
  }),
  group('dashboard', '2  Dashboard', {
    x: 34,
    y: 379,
    w: 762,
    h: 282,
    fill: { stroke: '#4a9e76', fill: '#dff1e7' },
    nodes: ids([dashboardNote, style, ...dashboard]),
  }),
  group('alerts', '3  Alerts, and MQTT', {
    x: 34,
    y: 679,
    w: 902,
    h: 222,
    fill: { stroke: '#9a76b8', fill: '#ece3f3' },
    nodes: ids(alerts),
  }),
  ...accounts,
  dashboardNote,
  style,
  ...dashboard,
  ...alerts,
  {
    id: 'demo-tws',
    type: 'ibkr-config',
    name: 'TWS of the demo',
    version: 1,
    host: '127.0.0.1',
    port: '${DEMO_TWS_PORT}',
    clientId: 17,
    tradingMode: 'any',
    accounts: '',
  },
  {
    id: 'demo-schwab',
    type: 'schwab-config',
    name: 'Schwab of the demo',
    version: 1,
    callbackUrl: 'https://127.0.0.1',
    apiUrl: '${DEMO_SCHWAB_URL}',
    accounts: '',
    streamer: false,
  },
  {
    id: 'demo-mqtt',
    type: 'mqtt-broker',
    name: 'MQTT broker of the demo',
    broker: '127.0.0.1',
    port: '${DEMO_MQTT_PORT}',
    clientid: '',
    autoConnect: true,
    usetls: false,
    protocolVersion: '4',
    keepalive: '60',
    cleansession: true,
    autoUnsubscribe: true,
    birthTopic: '',
    birthQos: '0',
    birthRetain: 'false',
    birthPayload: '',
    birthMsg: {},
    closeTopic: '',
    closeQos: '0',
    closeRetain: 'false',
    closePayload: '',
    closeMsg: {},
    willTopic: '',
    willQos: '0',
    willRetain: 'false',
    willPayload: '',
    willMsg: {},
    userProps: '',
    sessionExpiry: '',
  },
  {
    id: 'demo-ui-base',
    type: 'ui-base',
    name: 'Dashboard',
    path: '/dashboard',
    appIcon: '',
    includeClientData: true,
    acceptsClientConfig: ['ui-notification', 'ui-control'],
    showPathInSidebar: false,
    headerContent: 'none',
    navigationStyle: 'none',
    titleBarStyle: 'hidden',
    showReconnectNotification: true,
    notificationDisplayTime: 5,
    showDisconnectNotification: true,
    allowInstall: false,
  },
  {
    id: 'demo-ui-theme',
    type: 'ui-theme',
    name: 'Calm',
    colors: {
      surface: '#ffffff',
      primary: '#1f5fbf',
      bgPage: '#f4f5f7',
      groupBg: '#ffffff',
      groupOutline: '#e3e6ea',
    },
    sizes: {
      density: 'default',
      pagePadding: '16px',
      groupGap: '16px',
      groupBorderRadius: '12px',
      widgetGap: '12px',
    },
  },
  {
    id: 'demo-ui-page',
    type: 'ui-page',
    name: 'Accounts',
    ui: 'demo-ui-base',
    path: '/accounts',
    icon: 'bank',
    layout: 'grid',
    theme: 'demo-ui-theme',
    breakpoints: [
      { name: 'Default', px: '0', cols: '6' },
      { name: 'Desktop', px: '1024', cols: '12' },
    ],
    order: 1,
    className: '',
    visible: 'true',
    disabled: 'false',
  },
];
