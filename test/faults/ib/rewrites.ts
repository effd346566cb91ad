import type { Rewrite } from './frames.js';

/** The connection ends right before the message of this id. */
export function cutBefore(id: string): () => Rewrite {
  return () => (fields) => (fields[0] === id ? 'cut' : [fields]);
}

/** Each orderStatus comes twice, then once more the one before it of the same order; a fill comes after its status. */
export function disorderlyOrders(): Rewrite {
  /** permId → the last orderStatus */
  const last = new Map<string, readonly string[]>();
  let fill: readonly string[] | null = null;
  return (fields) => {
    // reqId -1: a live fill, not the row of a list, which would end before its row.
    if (fields[0] === '11' && fields[1] === '-1' && fill === null) {
      fill = fields;
      return [];
    }
    if (fields[0] !== '3') return [fields];
    const permId = fields[PERM_ID] ?? '';
    const before = last.get(permId);
    last.set(permId, fields);
    const held = fill;
    fill = null;
    return [fields, fields, ...(before === undefined ? [] : [before]), ...(held === null ? [] : [held])];
  };
}

const PERM_ID = 6;

/** message id → places of figures, as the simulator writes them */
const FIGURES: ReadonlyMap<string, readonly number[]> = new Map([
  ['3', [3, 4, 5]],
  ['6', [3]],
  ['7', [13, 14, 15, 16, 17, 18]],
  ['61', [14, 15]],
  ['94', [2, 3, 4]],
  ['95', [2, 3, 4, 5, 6]],
]);
const NO_NUMBERS = ['abc', 'NaN', '', '1.7976931348623157E308', '1,23', '--'];
/** Of some hundred rows of a download; more, and none would come through whole. */
const DAMAGED = 0.006;

/** Now and then a message of no known kind, one that is cut short, or a figure that is no number. */
export function damagedRows(): Rewrite {
  return (fields, chance) => {
    const places = FIGURES.get(fields[0] ?? '');
    if (places === undefined || chance() > DAMAGED) return [fields];
    const kind = chance();
    if (kind < 0.25) return [['9999', '1', 'unheard', 'of'], fields];
    if (kind < 0.5) return [fields.slice(0, 2 + Math.floor(chance() * (fields.length - 2)))];
    const place = Math.min(places[Math.floor(chance() * places.length)] ?? 0, fields.length - 1);
    return [fields.with(place, NO_NUMBERS[Math.floor(chance() * NO_NUMBERS.length)] ?? '')];
  };
}
