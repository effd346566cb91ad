import assert from 'node:assert/strict';
import { alertByHand } from '../support/alert-by-hand.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { MAIL_EXAMPLE, MAIL_TO, mailNode } from '../support/mail-example.js';
import { startMailServer, type MailFault, type MailServer } from '../support/mail-server.js';
import { startTestMqtt, type TestMqtt } from '../support/mqtt-broker.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const REFUSAL: MailFault = { at: 'greeting', code: 421 };
/** Node-RED drops a message with which a node fails for the tenth time; the outbox sends another one each time. */
const FAILS_OFTEN = 10;

describe('the example of alerts by e-mail', () => {
  let server: MailServer;
  let broker: TestMqtt;
  let running: RunningExample | null = null;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    [server, broker] = await Promise.all([startMailServer(), startTestMqtt()]);
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    await Promise.all([server.close(), broker.close()]);
  });

  const start = async ({ rules, tries = '5' }: { rules?: readonly object[]; tries?: string } = {}) =>
    (running = await runExample({
      file: MAIL_EXAMPLE,
      ...(rules === undefined ? {} : { rules }),
      env: { RETRY_SECONDS: '0.001', TRIES: tries },
      packages: ['node-red-node-email/61-email.js'],
      nodes: { mail: mailNode(server), broker: { port: String(broker.port) } },
      credentials: { mail: server.login },
    }));

  it('sends an alert as a mail whose subject is its one line', async () => {
    await start();
    const mail = await eventually(() => server.mails[0]);
    assert.match(mail.parsed.subject ?? '', /net liquidation/i);
    assert.match(mail.parsed.text ?? '', /Rule: Rich\./);
    assert.equal(mail.parsed.html, false);
    assert.equal(mail.parsed.headers.get('priority'), 'high');
    assert.deepEqual(mail.to, [MAIL_TO]);
  });

  it('tries for longer than Node-RED lets one message fail, in order, and sends each alert once', async () => {
    server.breaks(REFUSAL, FAILS_OFTEN);
    const { node } = await start({ rules: [], tries: '100' });
    node('outbox').receive(alertByHand({ payload: 'first' }));
    node('outbox').receive(alertByHand({ payload: 'second' }));
    await eventually(() => server.mails.length > 1);
    assert.deepEqual(
      server.mails.map(({ parsed }) => parsed.text?.trim()),
      ['first', 'second'],
    );
    assert.equal(server.begun, FAILS_OFTEN + 2);
    assert.deepEqual(broker.frames, []);
  });

  it('says over MQTT, with the alert, that mail fails for good', async () => {
    server.breaks(REFUSAL);
    const { node } = await start({ rules: [] });
    await eventually(() => Object(node('broker')).connected === true);
    node('outbox').receive(alertByHand());
    const { payload, topic } = await eventually(() => broker.frames[0]);
    assert.equal(topic, 'brokerage/alerts/undelivered');
    assert.match(payload, /^5 tries in a row have failed, the last one because: .*Not now.*\n\nBy hand\.$/);
    assert.equal(server.begun, 5);
  });
});
