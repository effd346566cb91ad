import { readFileSync } from 'node:fs';

/** What the examples are made of: builders of nodes that stand where the editor draws them well. */

const alerts = JSON.parse(readFileSync(new URL('../examples/flows/alerts.json', import.meta.url), 'utf8'));
const { rules } = alerts.find(({ type }) => type === 'account-alert');

/** Left edges of the columns; the editor wants the middle of a node. */
const COLUMNS = { first: 60, second: 220, third: 380, fourth: 600, fifth: 820, sixth: 980 };
const GRID = 20;

/** As wide as the editor draws it (measured): its letters, its icon, its ports. */
const widthOf = (label) => {
  const letters = [...label].map((letter) =>
    /[fijlrtI.,:;|' -]/.test(letter) ? 3.2 : /[mwMW]/.test(letter) ? 12 : 7.8,
  );
  const px = letters.reduce((sum, width) => sum + width, 56);
  return Math.max(100, GRID * Math.ceil(px / GRID));
};

/** The nodes of one example. `example` is the name of its file, and begins every id. */
export function flow(example) {
  const idOf = (short) => `brokerage-${example}-${short}`;
  const placed = (short, { at, label, drawn = widthOf(label), y }) => ({
    id: idOf(short),
    z: idOf('tab'),
    x: COLUMNS[at] + drawn / 2,
    y,
  });
  const wiresTo = (outputs) => outputs.map((targets) => targets.map(idOf));
  const builders = {
    idOf,

    tab: ({ label, info, env = [] }) => ({ id: idOf('tab'), type: 'tab', label, disabled: false, info, env }),

    comment: ({ name: title, info, drawn }) => ({
      ...placed('comment', { at: 'first', label: title, drawn, y: 60 }),
      type: 'comment',
      name: title,
      info,
      wires: [],
    }),

    /** A gateway or TWS; `more` are the properties that differ from those of a new connection. */
    ibkr: (short = 'connection', more = {}) => ({
      id: idOf(short),
      type: 'ibkr-config',
      name: '',
      host: '127.0.0.1',
      port: '4002',
      clientId: '17',
      tradingMode: 'any',
      accounts: '',
      version: 1,
      ...more,
    }),

    schwab: (short, more = {}) => ({
      id: idOf(short),
      type: 'schwab-config',
      name: '',
      callbackUrl: 'https://127.0.0.1',
      apiUrl: 'https://api.schwabapi.com',
      accounts: '',
      streamer: false,
      secretStore: 'node-red',
      version: 1,
      ...more,
    }),

    /** `wires` are those of its four outputs: balances, positions, orders and fills, state. */
    accountSync: (short, { connection = 'connection', fallback = '', ...more }) => {
      const { name: title, wires, ...rest } = builders.node(short, { type: 'account-sync', ...more });
      return {
        ...rest,
        name: title,
        connection: idOf(connection),
        fallback: fallback && idOf(fallback),
        accounts: '',
        emit: 'snapshots',
        pollSeconds: '60',
        coalesceMs: '250',
        staleAfterSeconds: '900',
        labels: {},
        version: 1,
        wires,
      };
    },

    alertNode: (short, { wires, ...more }) => ({
      ...builders.node(short, { type: 'account-alert', rules, quietHours: null, version: 1, ...more }),
      wires: wiresTo(wires),
    }),

    /** From an account to an alert; `heard` are ids of nodes that hear the accounts themselves, too. */
    accountsAndAlerts: (to, heard = []) => [
      builders.ibkr(),
      builders.accountSync('accounts', {
        name: 'accounts',
        at: 'first',
        y: 140,
        wires: Array.from({ length: 4 }, () => ['alerts', ...heard]),
      }),
      builders.alertNode('alerts', { name: 'alerts', at: 'second', y: 140, wires: [to] }),
    ],

    /** What is to be seen in the sidebar, and under the node itself. */
    debug: (short, more) =>
      builders.node(short, {
        type: 'debug',
        label: `${more.name} ⇲`,
        active: true,
        tosidebar: true,
        console: false,
        tostatus: true,
        complete: 'payload',
        targetType: 'msg',
        statusVal: 'topic',
        statusType: 'msg',
        ...more,
      }),

    /** A button. */
    button: (short, more) =>
      builders.node(short, {
        type: 'inject',
        props: [{ p: 'topic', vt: 'str' }],
        repeat: '',
        crontab: '',
        once: false,
        onceDelay: 0.1,
        ...more,
      }),

    /** `label` is what the editor shows, where that is not the name; `drawn` how wide it draws that, where the letters do not say. */
    node: (short, { type, at, y, name, label = name, drawn, wires = [], ...more }) => ({
      ...placed(short, { at, label, drawn, y }),
      type,
      name,
      ...more,
      wires: wiresTo(wires),
    }),

    code: (short, { file, start, outputs = 1, ...more }) => ({
      ...builders.node(short, { type: 'function', ...more }),
      file: `functions/${file}`,
      into: 'func',
      ...(start === undefined ? { initialize: '' } : { startFile: `functions/${start}` }),
      outputs,
      timeout: 0,
      noerr: 0,
      finalize: '',
      libs: [],
    }),

    tick: (short, { seconds, topic, ...more }) =>
      builders.node(short, {
        type: 'inject',
        label: `${more.name} ↻`,
        props: [{ p: 'topic', vt: 'str' }],
        repeat: String(seconds),
        crontab: '',
        once: true,
        onceDelay: '1',
        topic,
        ...more,
      }),

    /** The outbox in front of a channel, and what it hears of its tries from the nodes `of` the channel, of which `answers` ends a try. */
    outbox: ({ to, lost, answers, of, at = 'third', top = 240 }) => [
      builders.code('outbox', {
        name: 'outbox',
        file: 'outbox.js',
        start: 'outbox-start.js',
        outputs: 2,
        at,
        y: 140,
        wires: [[to].flat(), [lost]],
      }),
      builders.tick('tick', {
        name: 'every 10 s',
        seconds: 10,
        topic: 'tick',
        at: 'first',
        y: top,
        wires: [['outbox']],
      }),
      builders.node('arrived', {
        type: 'complete',
        name: 'a try has ended',
        scope: [idOf(answers)],
        uncaught: false,
        at: 'first',
        y: top + 60,
        wires: [['outbox']],
      }),
      builders.node('failed', {
        type: 'catch',
        name: 'a try has failed',
        scope: of.map(idOf),
        uncaught: false,
        at: 'first',
        y: top + 120,
        wires: [['outbox']],
      }),
    ],

    /** Its address, server and login are the user's. */
    eMail: (short, more) =>
      builders.node(short, {
        type: 'e-mail',
        server: 'smtp.example.com',
        port: '465',
        authtype: 'BASIC',
        saslformat: true,
        token: 'oauth2Response.access_token',
        secure: true,
        tls: true,
        name: 'me@example.com',
        dname: 'e-mail',
        label: 'e-mail',
        ...more,
      }),

    httpRequest: (short, { url, headers = [], ...more }) =>
      builders.node(short, {
        type: 'http request',
        method: 'POST',
        ret: 'obj',
        paytoqs: 'ignore',
        url,
        tls: '',
        persist: false,
        proxy: '',
        insecureHTTPParser: false,
        authType: '',
        senderr: true,
        headers,
        wires: [[]],
        ...more,
      }),

    /** Where alerts go that the channel did not take, until the user has a better place. */
    lost: (more = {}) =>
      builders.node('lost', {
        type: 'debug',
        name: 'not delivered',
        label: 'not delivered ⇲',
        active: true,
        tosidebar: true,
        console: true,
        tostatus: true,
        complete: 'true',
        targetType: 'full',
        statusVal: 'topic',
        statusType: 'msg',
        at: 'fourth',
        y: 240,
        ...more,
      }),

    mqttBroker: (more = {}) => ({
      id: idOf('broker'),
      type: 'mqtt-broker',
      name: '',
      broker: '127.0.0.1',
      port: '1883',
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
      ...more,
    }),

    /** Accounts, alerts and an mqtt feed that hears both, and what only the user can mend. */
    accountsAndFeed: () => [
      ...builders.accountsAndAlerts(['feed'], ['feed']),
      builders.node('feed', {
        type: 'account-mqtt',
        name: 'mqtt feed',
        broker: idOf('broker'),
        topicPrefix: 'brokerage',
        homeAssistant: true,
        discoveryPrefix: 'homeassistant',
        qos: '1',
        privacy: 'amounts',
        version: 1,
        at: 'third',
        y: 140,
      }),
      builders.node('failed', {
        type: 'catch',
        name: 'what only you can mend',
        scope: ['accounts', 'alerts', 'feed'].map(idOf),
        uncaught: false,
        at: 'first',
        y: 240,
        wires: [['errors']],
      }),
      builders.node('errors', {
        type: 'debug',
        name: 'errors',
        active: true,
        tosidebar: true,
        console: false,
        tostatus: false,
        complete: 'error',
        targetType: 'msg',
        statusVal: '',
        statusType: 'auto',
        at: 'third',
        y: 240,
      }),
    ],

    mqttOut: (short, { topic, ...more }) =>
      builders.node(short, {
        type: 'mqtt out',
        topic,
        qos: '1',
        retain: 'false',
        respTopic: '',
        contentType: '',
        userProps: '',
        correl: '',
        expiry: '',
        broker: idOf('broker'),
        ...more,
      }),
  };
  return builders;
}

/** A row of a tab's environment variables. */
export const variable = (name, value, type = 'str') => ({ name, value: String(value), type });

/** One that takes its value from the environment of Node-RED, where it has the same name. */
export const fromOutside = (name) => variable(name, name, 'env');

/** What every example says about its first steps. */
export const FIRST_STEPS = `1. Start TWS or IB Gateway and log in. No account at hand? \`npx brokerage-simulator --tws-port 4002\` plays one.
2. Open **accounts** and its connection: host and port. You have a connection already? Choose it there, so that two connections do not fight for one client id.
   You have an **alert** node already? Wire it into the node after **alerts**, and delete **accounts** and **alerts** here.`;

/** The first step of an example without an alert node. */
export const FIRST_STEPS_OF_ACCOUNTS = `1. Start TWS or IB Gateway and log in (no account at hand? \`npx brokerage-simulator --tws-port 4002\` plays one). Open the account node and its connection: host and port. You have a connection already? Choose it there, so that two connections do not fight for one client id.`;

/** What an example loses at a restart. */
export const ABOUT_CONTEXT =
  'What it remembers survives a deploy. It survives a restart of Node-RED only where `settings.js` keeps context in files: `contextStorage: { default: { module: "localfilesystem" } }`.';

/** What the outbox promises, for the comments of the flows that have one. */
export const aboutTheOutbox = ({ waits = '30 s, 1, 2 and 4 minutes', tries = 'five' } = {}) =>
  `**outbox** holds each alert until the channel has taken it: one at a time, in order. What fails is tried again, after ${waits} (\`RETRY_SECONDS\` is the first wait, \`ANSWER_SECONDS\` how long it waits for an answer). After ${tries} failures in a row (\`TRIES\`) all that waits leaves by its lower output; a later alert is tried once, and follows if that fails. An alert may arrive twice, with the same \`msg.alert.id\`. All three stand among the *Environment Variables* of the tab (double-click it).

What waits survives a deploy. It survives a restart of Node-RED only where \`settings.js\` keeps context in files: \`contextStorage: { default: { module: "localfilesystem" } }\`; a crash may lose the last 30 s of it.`;
