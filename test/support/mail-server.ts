import { once } from 'node:events';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { marked } from './leak-watch.js';

/** A mail as it came: who it was for on the wire, its text, and what a mail program reads in it. */
export interface ReceivedMail {
  readonly to: readonly string[];
  readonly raw: string;
  readonly parsed: ParsedMail;
}

/** What a mail server does wrong: a refusal at a step of the conversation, or no further word from there on. */
export interface MailFault {
  readonly at: 'greeting' | 'login' | 'sender' | 'data' | 'accepted';
  /** Code of the refusal; null = silence. `accepted` = the mail is kept, whatever is answered. */
  readonly code: 421 | 450 | 535 | null;
}

export interface MailServer {
  readonly port: number;
  readonly login: { readonly userid: string; readonly password: string };
  readonly mails: readonly ReceivedMail[];
  /** Conversations that were begun. */
  readonly begun: number;
  /** Conversations that are open. */
  readonly open: number;
  /** What it does wrong from now on, so many times or, without a number, until told otherwise; null = nothing. */
  breaks(fault: MailFault | null, times?: number): void;
  close(): Promise<void>;
}

type Answer = (error?: Error | null) => void;

/** A mail server on this machine that wants a login, after STARTTLS with a certificate of its own. */
export async function startMailServer(): Promise<MailServer> {
  const login = {
    userid: 'owner@example.org',
    password: marked('mail password', 'mail-password-of-the-tests'),
  };
  const mails: ReceivedMail[] = [];
  let fault: MailFault | null = null;
  let timesLeft = 0;
  let begun = 0;
  let open = 0;
  const step = (at: MailFault['at'], answer: Answer): void => {
    if (fault?.at !== at || timesLeft === 0) return answer();
    timesLeft -= 1;
    if (fault.code !== null) answer(refusal(fault.code));
  };
  const server = new SMTPServer({
    disabledCommands: [],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 200,
    onConnect: (_session, answer) => {
      begun += 1;
      open += 1;
      step('greeting', answer);
    },
    onClose: () => void (open -= 1),
    onAuth: ({ password, username }, _session, answer) =>
      step('login', (error) => {
        if (error) return answer(error);
        if (username !== login.userid || password !== login.password) return answer(refusal(535));
        answer(null, { user: username });
      }),
    onMailFrom: (_address, _session, answer) => step('sender', answer),
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (fault?.at === 'data' && timesLeft > 0) return step('data', answer);
        const raw = Buffer.concat(chunks);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        simpleParser(raw).then(
          (parsed) => {
            mails.push({ to, raw: raw.toString('utf8'), parsed });
            step('accepted', answer);
          },
          (error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
        );
      });
    },
  });
  // A client that hangs up in the middle is no news.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    port: address.port,
    login,
    mails,
    get begun() {
      return begun;
    },
    get open() {
      return open;
    },
    breaks: (next, times = Infinity) => {
      fault = next;
      timesLeft = times;
    },
    close: async () => await new Promise((resolve) => server.close(() => resolve())),
  };
}

function refusal(responseCode: number): Error {
  return Object.assign(new Error('Not now.'), { responseCode });
}
