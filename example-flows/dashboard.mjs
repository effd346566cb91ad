import { FIRST_STEPS, flow } from './nodes.mjs';

const { accountsAndAlerts, code, comment, idOf, node, tab, tick } = flow('dashboard');

const template = (short, { file, ...more }) => ({
  ...node(short, {
    type: 'ui-template',
    group: '',
    page: '',
    ui: '',
    order: 1,
    width: 0,
    height: 0,
    head: '',
    storeOutMessages: false,
    passthru: false,
    resendOnRefresh: true,
    className: '',
    ...more,
  }),
  file: `dashboard/${file}`,
  into: 'format',
});

const notification = (short, more) =>
  node(short, {
    type: 'ui-notification',
    ui: idOf('ui'),
    colorDefault: false,
    color: '#c0263a',
    showCountdown: true,
    outputs: 1,
    allowDismiss: true,
    dismissText: 'Close',
    allowConfirm: false,
    confirmText: 'Confirm',
    raw: true,
    className: '',
    at: 'fourth',
    wires: [[]],
    ...more,
  });

export const nodes = [
  tab({
    label: 'Alerts: dashboard',
    info: 'A page with the alerts that go on, buttons to acknowledge and to silence them, and a notification for each new one. Needs @flowfuse/node-red-dashboard.',
  }),
  comment({
    name: 'Alerts on a page: double-click here for the four steps',
    info: `Needs **@flowfuse/node-red-dashboard**, Dashboard 2 (menu → Manage palette → Install).

${FIRST_STEPS}
3. Deploy and open \`/dashboard/alerts\`. You have a dashboard already? Open **the page**, its group and its page, and choose your own dashboard there; the same in **critical** and **everything else**.
4. Open **alerts**, choose *Send test alert*.

A critical alert stays on the screen until somebody closes it, other messages for 15 seconds. The page asks **alerts** what goes on every 30 seconds and after each alert, and says so when no answer comes. *Acknowledge* means: I have seen it, no repeats, but tell me its end. *Silence 1 h* means: nothing about it for an hour.

Whoever can open the page can silence alerts: give it a password (\`httpNodeAuth\` in \`settings.js\`).`,
  }),
  ...accountsAndAlerts(['as-notification', 'board']),
  code('as-notification', {
    name: 'as a notification',
    file: 'notification.js',
    outputs: 2,
    at: 'third',
    y: 140,
    wires: [['critical'], ['notification']],
  }),
  // At the bottom: the first rows of the list, with their buttons, stay free.
  notification('critical', { name: 'critical', position: 'bottom right', displayTime: '0', y: 80 }),
  notification('notification', {
    name: 'everything else',
    position: 'bottom left',
    displayTime: '15',
    y: 140,
  }),
  code('board', {
    name: 'what goes on',
    file: 'board.js',
    outputs: 2,
    at: 'third',
    y: 240,
    wires: [['page'], ['ask']],
  }),
  template('page', {
    name: 'the page',
    file: 'alerts.vue',
    group: idOf('ui-group'),
    templateScope: 'local',
    at: 'fourth',
    y: 200,
    wires: [['buttons']],
  }),
  code('buttons', {
    name: 'a button',
    file: 'buttons.js',
    at: 'fifth',
    y: 200,
    wires: [['ask']],
  }),
  node('ask', {
    type: 'link out',
    name: 'to alerts',
    mode: 'link',
    links: [idOf('commands')],
    l: true,
    at: 'sixth',
    y: 280,
  }),
  node('commands', {
    type: 'link in',
    name: 'to alerts',
    label: '',
    links: [idOf('ask')],
    l: true,
    at: 'first',
    y: 220,
    wires: [['alerts']],
  }),
  tick('tick', {
    name: 'every 30 s',
    seconds: 30,
    topic: 'list',
    at: 'first',
    y: 280,
    wires: [['alerts']],
  }),
  template('style', {
    name: 'style of the page',
    file: 'style.css',
    page: idOf('ui-page'),
    templateScope: 'page:style',
    at: 'fourth',
    y: 340,
    wires: [[]],
  }),
  {
    id: idOf('ui'),
    type: 'ui-base',
    name: 'Dashboard',
    path: '/dashboard',
    appIcon: '',
    includeClientData: true,
    acceptsClientConfig: ['ui-notification', 'ui-control'],
    showPathInSidebar: false,
    headerContent: 'page',
    navigationStyle: 'default',
    titleBarStyle: 'default',
    showReconnectNotification: true,
    notificationDisplayTime: 5,
    showDisconnectNotification: true,
    allowInstall: false,
  },
  {
    id: idOf('ui-theme'),
    type: 'ui-theme',
    name: 'Calm',
    colors: {
      surface: '#1f2933',
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
    id: idOf('ui-page'),
    type: 'ui-page',
    name: 'Alerts',
    ui: idOf('ui'),
    path: '/alerts',
    icon: 'bell',
    layout: 'grid',
    theme: idOf('ui-theme'),
    breakpoints: [
      { name: 'Default', px: '0', cols: '6' },
      { name: 'Desktop', px: '1024', cols: '12' },
    ],
    order: 1,
    className: '',
    visible: 'true',
    disabled: 'false',
  },
  {
    id: idOf('ui-group'),
    type: 'ui-group',
    name: 'Alerts',
    page: idOf('ui-page'),
    width: 12,
    height: 1,
    order: 1,
    showTitle: false,
    className: '',
    visible: 'true',
    disabled: 'false',
    groupType: 'default',
  },
];
