import type { MailServer } from './mail-server.js';

/** The example whose outbox keeps mails until the mail server takes them. */
export const MAIL_EXAMPLE = 'alerts-email.json';
export const MAIL_TO = 'owner@example.org';

/** What makes a mail node send to a server of the tests; its login is apart. */
export function mailNode({ port }: MailServer) {
  return {
    server: '127.0.0.1',
    port: String(port),
    authtype: 'BASIC',
    secure: false,
    // The certificate of the server is its own.
    tls: false,
    name: MAIL_TO,
  };
}
