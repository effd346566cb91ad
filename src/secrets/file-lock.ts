import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../ports.js';
import { createPrivateFile, privateFolder, systemCode } from './atomic-file.js';
import { parseJson } from './json.js';

const Holder = z.object({ pid: z.int().positive(), host: z.string(), at: z.number(), token: z.string() });
type Holder = z.infer<typeof Holder>;

/** Whatever is done under a lock takes less; whoever holds one for longer has died. */
const STALE_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** A lock file is written in one go, but after it was created: an empty one is given this long. */
const UNREADABLE_AFTER_MS = 2_000;
/** Tokens of the locks that this very process holds: after a restart in a container our pid is the old one's. */
const ours = new Set<string>();

/**
 * Runs `work` while holding the lock file at `path`: alone among all processes on this disk. A lock that was left
 * behind by a killed process is broken. Where no file can be written at all, `work` runs unlocked: then nothing
 * can be kept there either, and others read nothing of it.
 */
export async function withFileLock<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const token = await acquire(path, clock);
  try {
    return await work();
  } finally {
    if (token !== null) await release(path, token);
  }
}

async function acquire(path: string, clock: Clock): Promise<string | null> {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    at: clock.now(),
    token: randomBytes(12).toString('hex'),
  };
  try {
    await privateFolder(dirname(path));
  } catch {
    // Said again, and better, by whoever writes the secret.
    return null;
  }
  let waitedMs = 0;
  for (;;) {
    try {
      // A process killed in between leaves no lock without an owner.
      await createPrivateFile(path, JSON.stringify({ ...holder, at: clock.now() }));
      ours.add(holder.token);
      return holder.token;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') return null;
    }
    await breakIfLeft(path, clock, waitedMs);
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    waitedMs += LOOK_EVERY_MS;
  }
}

async function breakIfLeft(path: string, clock: Clock, waitedMs: number): Promise<void> {
  const content = await readFile(path, 'utf8').catch(() => null);
  if (content === null || !isLeft(content, clock.now(), waitedMs)) return;
  // Somebody else may have broken it and hold their own by now: what is moved away must be what was read.
  const aside = `${path}.${randomBytes(6).toString('hex')}.left`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== content) await link(aside, path);
  } catch (error) {
    if (systemCode(error) === '') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function isLeft(content: string, now: number, waitedMs: number): boolean {
  const parsed = Holder.safeParse(parseJson(content));
  if (!parsed.success) return waitedMs >= UNREADABLE_AFTER_MS;
  const { at, host, pid, token } = parsed.data;
  // A wall clock that was set back makes a lock of the future: no honest one is.
  if (Math.abs(now - at) > STALE_AFTER_MS) return true;
  if (host !== hostname()) return false;
  return pid === process.pid ? !ours.has(token) : !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    return systemCode(error) === 'EPERM';
  }
}

async function release(path: string, token: string): Promise<void> {
  ours.delete(token);
  const content = await readFile(path, 'utf8').catch(() => null);
  const parsed = Holder.safeParse(parseJson(content ?? ''));
  if (parsed.success && parsed.data.token === token) await rm(path, { force: true });
}
