import { openLibrary, type KeychainLibrary } from './libraries.js';
import { KeychainRequest, type KeychainAnswer } from './protocol.js';

/**
 * The process that talks to the keychain, one act after the other. The libraries are native code that can crash, hang
 * on a question to the user, or hold on to a session bus that is gone; none of it reaches Node-RED from here.
 */
process.on('message', (message) => {
  answerTo(message)
    .catch((error: unknown): KeychainAnswer => ({ kind: 'failed', said: said(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1));
});
// Node-RED has ended.
process.once('disconnect', () => process.exit(0));

async function answerTo(message: unknown): Promise<KeychainAnswer> {
  const request = KeychainRequest.parse(message);
  let library: KeychainLibrary;
  try {
    library = await openLibrary(request.library);
  } catch (error) {
    return { kind: 'not-installed', said: said(error) };
  }
  const { account, service } = request;
  switch (request.act) {
    case 'read':
      return { kind: 'done', text: await library.read(service, account) };
    case 'write':
      await library.write(service, account, request.text);
      return { kind: 'done', text: null };
    case 'remove':
      await library.remove(service, account);
      return { kind: 'done', text: null };
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
