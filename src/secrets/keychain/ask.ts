import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock, Timer } from '../../ports.js';
import { KeychainAnswer, type KeychainRequest } from './protocol.js';

/** What comes of asking the keychain once; `late` = it did not answer in time. */
export type Asked = KeychainAnswer | { readonly kind: 'late' };

/** Asks one thing; the next question waits for the answer. Never rejects. */
export type Ask = (request: KeychainRequest) => Promise<Asked>;

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
/** Long enough for somebody who is asked for a password on the screen of the machine. */
const ANSWER_WITHIN_MS = 30_000;
/** A write is read back, a test entry removed: one process serves what comes at once, and none that has failed. */
const IDLE_MS = 500;

/** Asks in a process of its own; what crashes there crashes there. The secret travels through its channel only. */
export function askInChild(clock: Clock): Ask {
  let idle: { readonly child: ChildProcess; readonly timer: Timer } | null = null;

  const borrow = (): ChildProcess => {
    idle?.timer.cancel();
    const child = idle?.child.connected === true ? idle.child : start();
    idle = null;
    return child;
  };
  const giveBack = (child: ChildProcess): void => {
    const timer = clock.after(IDLE_MS, () => {
      idle = null;
      child.kill('SIGKILL');
    });
    idle = { child, timer };
  };
  return async (request) => {
    const child = borrow();
    const asked = await answerOf(child, request, clock);
    if (asked.kind === 'done') giveBack(child);
    else child.kill('SIGKILL');
    return asked;
  };
}

function start(): ChildProcess {
  // Options of this process, such as a debugger's port, are not the child's.
  const child = fork(CHILD, [], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  // An error without a listener would end Node-RED; what it means is told by whoever waits.
  child.on('error', () => child.kill('SIGKILL'));
  child.unref();
  child.channel?.unref();
  return child;
}

async function answerOf(child: ChildProcess, request: KeychainRequest, clock: Clock): Promise<Asked> {
  return await new Promise<Asked>((resolve) => {
    const end = (asked: Asked): void => {
      timer.cancel();
      child.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(asked);
    };
    const failed = (said: string): void => end({ kind: 'failed', said });
    const onMessage = (message: unknown): void => {
      const answer = KeychainAnswer.safeParse(message);
      if (answer.success) end(answer.data);
      else failed('its helper process gave an answer that is none');
    };
    const onError = (error: Error): void => failed(`its helper process cannot run: ${error.message}`);
    const onExit = (code: number | null, signal: string | null): void =>
      failed(`its helper process ended by itself (${signal ?? `code ${code}`})`);
    const timer = clock.after(ANSWER_WITHIN_MS, () => end({ kind: 'late' }));
    child.on('message', onMessage).on('error', onError).on('exit', onExit);
    child.send(request, (error) => {
      if (error !== null) failed(`its helper process cannot be reached: ${error.message}`);
    });
  });
}
