import type { Chance } from '../../../src/ports.js';
import type { Toxic } from '../proxy/plan.js';

type Fields = readonly string[];

/** Frames that go on instead of one that came; `cut` = the connection ends before it. */
export type Rewrite = (fields: Fields, chance: Chance) => readonly Fields[] | 'cut';

const HEADER_BYTES = 4;

/** A toxic that knows where a message of TWS begins and ends, and changes whole messages. */
export function frames(name: string, rewriter: () => Rewrite): Toxic {
  return {
    name,
    plan: (chance) => {
      const rewrite = rewriter();
      let pending = Buffer.alloc(0);
      return (bytes, at) => {
        pending = Buffer.concat([pending, bytes]);
        const passed: Buffer[] = [];
        for (;;) {
          const length = pending.length < HEADER_BYTES ? Infinity : pending.readUInt32BE(0) + HEADER_BYTES;
          if (pending.length < length) break;
          const after = rewrite(fieldsOf(pending.subarray(HEADER_BYTES, length)), chance);
          pending = pending.subarray(length);
          if (after === 'cut') return [...passing(passed, at), { kind: 'cut', how: 'reset', dueAt: at }];
          passed.push(...after.map(frameOf));
        }
        return passing(passed, at);
      };
    },
  };
}

function passing(
  passed: readonly Buffer[],
  dueAt: number,
): readonly { kind: 'pass'; bytes: Buffer; dueAt: number }[] {
  return passed.length === 0 ? [] : [{ kind: 'pass', bytes: Buffer.concat(passed), dueAt }];
}

function fieldsOf(payload: Buffer): Fields {
  return payload.toString('utf8').split('\0').slice(0, -1);
}

function frameOf(fields: Fields): Buffer {
  const payload = Buffer.from(fields.map((field) => `${field}\0`).join(''));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}
