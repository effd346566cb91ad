import assert from 'node:assert/strict';
import { once } from 'node:events';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { alertByHand } from '../support/alert-by-hand.js';
import { eventually } from '../support/clocks.js';
import { runExample, type RunningExample } from '../support/example-flow.js';
import { marked } from '../support/leak-watch.js';
import { startTestMqtt, type TestMqtt } from '../support/mqtt-broker.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const PASSWORD = marked('mail password', 'invented-mail-password');

/** A mail server that asks for a user and a password, and refuses this many mails before it takes one. */
async function startMailServer(refusals: number) {
  const mails: ParsedMail[] = [];
  const seen = { tries: 0 };
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth: ({ password, username }, _session, done) =>
      username === 'me' && password === PASSWORD ? done(null, { user: 'me' }) : done(new Error('Wrong.')),
    onData: (stream, _session, done) => {
      seen.tries += 1;
      const isRefused = seen.tries <= refusals;
      simpleParser(stream).then((mail) => {
        if (isRefused) return done(new Error('Come back later.'));
        mails.push(mail);
        done();
      }, done);
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('a socket without a port');
  return {
    port: address.port,
    mails,
    seen,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

describe('the example of alerts by e-mail', () => {
  let server: Awaited<ReturnType<typeof startMailServer>> | null = null;
  let broker: TestMqtt;
  let running: RunningExample | null = null;

  before(startRuntime);
  after(stopRuntime);
  beforeEach(async () => {
    broker = await startTestMqtt();
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    await server?.close();
    server = null;
    await broker.close();
  });

  const start = async ({ refusals, rules }: { refusals: number; rules?: readonly object[] }) => {
    const mailServer = (server = await startMailServer(refusals));
    running = await runExample({
      file: 'alerts-email.json',
      ...(rules === undefined ? {} : { rules }),
      env: { RETRY_SECONDS: '0.005' },
      packages: ['node-red-node-email/61-email.js'],
      nodes: {
        mail: { server: '127.0.0.1', port: String(mailServer.port), secure: false, tls: false },
        broker: { port: String(broker.port) },
      },
      credentials: { mail: { userid: 'me', password: PASSWORD } },
    });
    return { node: running.node, mails: mailServer.mails, seen: mailServer.seen };
  };

  it('sends an alert as a mail whose subject is its one line', async () => {
    const { mails } = await start({ refusals: 0 });
    const mail = await eventually(() => mails[0]);
    assert.match(mail.subject ?? '', /net liquidation/i);
    assert.match(mail.text ?? '', /Rule: Rich\./);
    assert.equal(mail.html, false);
    assert.equal(mail.headers.get('priority'), 'high');
    assert.match(JSON.stringify(mail.to), /me@example\.com/);
  });

  it('tries again when the mail server does not take it, and sends it once', async () => {
    const { mails, node, seen } = await start({ refusals: 3, rules: [] });
    node('outbox').receive(alertByHand({ payload: 'first' }));
    node('outbox').receive(alertByHand({ payload: 'second' }));
    await eventually(() => mails.length > 1);
    assert.deepEqual(
      mails.map(({ text }) => text?.trim()),
      ['first', 'second'],
    );
    assert.equal(seen.tries, 5);
    assert.deepEqual(broker.frames, []);
  });

  it('says over MQTT, with the alert, that mail fails for good', async () => {
    const { node, seen } = await start({ refusals: 99, rules: [] });
    await eventually(() => Object(node('broker')).connected === true);
    node('outbox').receive(alertByHand());
    const { payload, topic } = await eventually(() => broker.frames[0]);
    assert.equal(topic, 'brokerage/alerts/undelivered');
    assert.match(
      payload,
      /^5 tries in a row have failed, the last one because: .*Come back later.*\n\nBy hand\.$/,
    );
    assert.equal(seen.tries, 5);
  });
});
