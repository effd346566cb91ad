import type { Toxic } from './plan.js';

/** Every byte later, by `delayMs` and up to `jitterMs` more; the order stays. */
export function latency(delayMs: number, jitterMs = 0): Toxic {
  return {
    name: 'latency',
    plan: (chance) => {
      let last = 0;
      return (bytes, at) => {
        last = Math.max(last, at + delayMs + chance() * jitterMs);
        return [{ kind: 'pass', bytes, dueAt: last }];
      };
    },
  };
}

/** A line that carries so many bytes a second, in pieces of a twentieth of that. */
export function bandwidth(bytesPerSecond: number): Toxic {
  const most = Math.max(1, Math.floor(bytesPerSecond / 20));
  return {
    name: 'bandwidth',
    plan: () => {
      let freeAt = 0;
      return (bytes, at) =>
        slices(bytes, () => most).map((piece) => {
          freeAt = Math.max(freeAt, at) + (piece.length * 1000) / bytesPerSecond;
          return { kind: 'pass', bytes: piece, dueAt: freeAt };
        });
    },
  };
}

/**
 * Pieces of 1 to `mostBytes` bytes, each in a write of its own. What is left of a chunk after the first pieces goes in
 * some more, larger ones: a kernel needs longer for ten thousand segments than a client waits for an answer.
 */
export function slicer(mostBytes: number): Toxic {
  return {
    name: 'slicer',
    plan: (chance) => (bytes, at) => {
      let pieces = 0;
      const size = (left: number): number => {
        pieces += 1;
        return 1 + Math.floor(chance() * (pieces <= SMALL_PIECES ? mostBytes : left / LARGE_PIECES));
      };
      return slices(bytes, size).map((piece) => ({ kind: 'pass', bytes: piece, dueAt: at }));
    },
  };
}

const SMALL_PIECES = 20;
const LARGE_PIECES = 5;

/** A half-open line: nothing arrives any more, and nobody is told. */
export function timeout(): Toxic {
  return { name: 'timeout', swallowsEnd: true, plan: () => (_bytes, at) => [{ kind: 'deaf', dueAt: at }] };
}

/** RST to both sides after the next `bytes` bytes of a direction. */
export function resetPeer(bytes = 0): Toxic {
  return { ...limitData(bytes, 'reset'), name: 'reset_peer' };
}

/** The end of the connection after `bytes` bytes of a direction, in the middle of whatever they are. */
export function limitData(bytes: number, how: 'fin' | 'reset' = 'fin'): Toxic {
  return {
    name: 'limit_data',
    plan: () => {
      let left = bytes;
      return (chunk, at) => {
        if (chunk.length < left) {
          left -= chunk.length;
          return [{ kind: 'pass', bytes: chunk, dueAt: at }];
        }
        const last = chunk.subarray(0, left);
        left = 0;
        return [
          ...(last.length === 0 ? [] : [{ kind: 'pass' as const, bytes: last, dueAt: at }]),
          { kind: 'cut', how, dueAt: at },
        ];
      };
    },
  };
}

/** @param size of the next piece, when so many bytes are left */
function slices(bytes: Buffer, size: (left: number) => number): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + Math.max(1, size(bytes.length - start));
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}
