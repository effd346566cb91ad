import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../ports.js';
import { KeychainAnswer, type KeychainRequest } from './protocol.js';

/** What comes of asking the keychain once; `late` = it did not answer in time. */
export type Asked = KeychainAnswer | { readonly kind: 'late' };

export type Ask = (request: KeychainRequest) => Promise<Asked>;

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
/** Long enough for somebody who is asked for a password on the screen of the machine. */
const ANSWER_WITHIN_MS = 30_000;

/** Asks in a process of its own; what crashes there crashes there. The secret travels through its channel only. */
export function askInChild(clock: Clock): Ask {
  return async (request) =>
    await new Promise<Asked>((resolve) => {
      // Options of this process, such as a debugger's port, are not the child's.
      const child = fork(CHILD, [], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      const end = (asked: Asked): void => {
        timer.cancel();
        child.kill('SIGKILL');
        resolve(asked);
      };
      const timer = clock.after(ANSWER_WITHIN_MS, () => end({ kind: 'late' }));
      const failed = (said: string): void => end({ kind: 'failed', said });
      child.once('message', (message) => {
        const answer = KeychainAnswer.safeParse(message);
        if (answer.success) end(answer.data);
        else failed('its helper process gave an answer that is none');
      });
      child.once('error', (error) => failed(`its helper process cannot run: ${error.message}`));
      child.once('exit', (code, signal) =>
        failed(`its helper process ended by itself (${signal ?? `code ${code}`})`),
      );
      child.send(request, (error) => {
        if (error !== null) failed(`its helper process cannot be reached: ${error.message}`);
      });
    });
}
