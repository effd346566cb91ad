import type { Balances } from '../../domain/balances.js';
import type { Issue } from '../../domain/issue.js';
import type { Provenance } from '../../domain/update.js';
import { navTolerance } from '../consistency.js';
import type { AccountState } from '../state.js';
import type { CheckMemory, Held } from './memory.js';

const JUMP = 0.2;
/** Figures older than this may have moved by anything. */
const LONGEST_MS = 60 * 60_000;
/** What never stands still is taken as it is at last. */
const MOST_IMAGES_HELD = 3;

/** Balances that are about to be taken. */
export interface Incoming {
  readonly balances: Balances;
  readonly from: Pick<Provenance, 'receivedAt' | 'via' | 'partial'>;
  /** Rows between two images repeat one another: only an image confirms an image. */
  readonly isImage: boolean;
}

/**
 * Why balances are held for one image: net liquidation moved by more than 20 % within an hour, though neither cash nor
 * quantities say why. null = they are taken, because they say nothing of the kind or say it again.
 */
export function jumpIn(account: AccountState, memory: CheckMemory, incoming: Incoming): Issue | null {
  const known = account.balances;
  if (known === null || known.from.partial || incoming.from.partial || known.from.via !== incoming.from.via)
    return null;
  const ageMs = incoming.from.receivedAt - known.receivedAt;
  if (ageMs < 0 || ageMs > LONGEST_MS || !isJump(known.value, incoming.balances)) return null;
  if (!isSameHeld(memory.positionsAtBalances, account.positions?.value ?? null)) return null;
  if (incoming.isImage && isRepeated(memory, incoming)) return null;
  const [before, after] = [known.value.netLiquidation, incoming.balances.netLiquidation];
  const message = `Net liquidation of account …${account.account.lastFour} jumped from ${before?.toFixed(2)} to ${after?.toFixed(2)} without a change of cash or positions: the figures before are kept until the broker says so again.`;
  return { code: 'NLV_JUMP', severity: 'warning', message };
}

function isJump(before: Balances, after: Balances): boolean {
  const [was, is] = [before.netLiquidation, after.netLiquidation];
  if (was === null || is === null || was <= 0 || before.totalCash === null || after.totalCash === null)
    return false;
  const moved = is - was;
  const paid = after.totalCash - before.totalCash;
  const tolerance = navTolerance(before);
  if (Math.abs(moved) <= Math.max(JUMP * was, tolerance)) return false;
  // Zeros all over look like a withdrawal of everything: what was held cannot have been withdrawn with the cash.
  if (is === 0) return Math.abs(was - before.totalCash) > tolerance;
  // What was paid in or out moves both alike, but for a purchase of the same moment.
  return Math.abs(moved - paid) > Math.max(JUMP * was, JUMP * Math.abs(paid), tolerance);
}

function isRepeated({ held }: CheckMemory, { balances: { netLiquidation }, from }: Incoming): boolean {
  if (held === null || netLiquidation === null || from.receivedAt <= held.at) return false;
  return (
    held.images >= MOST_IMAGES_HELD ||
    Math.abs(netLiquidation - held.netLiquidation) <= JUMP * Math.abs(held.netLiquidation)
  );
}

function isSameHeld(before: Held | null, now: Held | null): boolean {
  if (before === null || now === null || before === now) return true;
  return (
    before.size === now.size &&
    [...now].every(([key, { value }]) => before.get(key)?.value.quantity === value.quantity)
  );
}
