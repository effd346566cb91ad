import type { Fields } from '../fields.js';
import { updateAccountTime } from '../encode/messages.js';
import { sentinelFrames } from '../encode/sentinels.js';
import { numberOr, type BehaviourFactory } from './behaviour.js';

/** The connection drops after some rows of the next download. */
export const cutSnapshot: BehaviourFactory = (argument) => {
  const rowCount = numberOr(argument, 3);
  let isDone = false;
  return {
    onDownload: (download) => {
      if (isDone) return download;
      isDone = true;
      return { ...download, rows: download.rows.slice(0, rowCount), end: null, isCut: true };
    },
  };
};

const END_IDS = new Set(['53', '54', '55', '62', '64', '72', '74', '102']);

/** One end marker never comes; without a number none does. */
export const noEnd: BehaviourFactory = (argument) => {
  if (argument !== undefined && !END_IDS.has(argument)) {
    throw new RangeError(`"${argument}" is not one of ${[...END_IDS].join(', ')}`);
  }
  return {
    onDownload: (download) =>
      argument === undefined || download.id === argument ? { ...download, end: null } : download,
  };
};

/** The end marker at once, the rows after it (LEAN saw accountDownloadEnd do that). */
export const endBeforeRows: BehaviourFactory = () => ({
  onDownload: (download) => ({
    ...download,
    rows: [...(download.end ? [download.end] : []), ...download.rows],
    end: null,
  }),
});

// Messages that describe a holding.
const HOLDING_IDS = new Set(['7', '61', '71']);

const isHolding = ([id = '']: Fields): boolean => HOLDING_IDS.has(id);

/** A complete answer in which nothing is held. */
export const emptyPortfolio: BehaviourFactory = () => ({
  onDownload: (download) => ({ ...download, rows: download.rows.filter((row) => !isHolding(row)) }),
});

export const duplicateRows: BehaviourFactory = () => ({
  onDownload: (download) => ({ ...download, rows: download.rows.flatMap((row) => [row, row]) }),
});

/** message id → where conId and quantity stand */
const PLACES: Readonly<Record<string, { readonly conId: number; readonly quantity: number }>> = {
  7: { conId: 2, quantity: 13 },
  61: { conId: 3, quantity: 14 },
  71: { conId: 4, quantity: 15 },
};

const neverHeld = (row: Fields): Fields => {
  const place = PLACES[row[0] ?? ''];
  if (!place) return row;
  return row
    .with(place.conId, '999999')
    .with(place.conId + 1, 'NEVER')
    .with(place.quantity, '0');
};

/** Beside every first holding a row of a contract that nobody ever held, with quantity 0. */
export const zeroRows: BehaviourFactory = () => ({
  onDownload: (download) => ({
    ...download,
    rows: [...download.rows, ...download.rows.filter(isHolding).slice(0, 1).map(neverHeld)],
  }),
});

/** Rows of other streams in between: message 8, and 73 of a request that this client never made. */
export const interleave: BehaviourFactory = () => ({
  onDownload: (download) => ({
    ...download,
    rows: download.rows.flatMap((row, index) =>
      index % 3 === 1
        ? [row, updateAccountTime('15:59'), ['73', '1', '1', 'DU0000000', '', 'Cushion', '0.5', '']]
        : [row],
    ),
  }),
});

/** Test frames in place of orders, completed orders and executions: no two fields alike. */
export const sentinels: BehaviourFactory = () => ({
  onDownload: (download, { serverVersion }) => {
    const { openOrder, completedOrder, execDetails } = sentinelFrames(serverVersion);
    switch (download.id) {
      case '53':
        return { ...download, rows: [openOrder.fields] };
      case '102':
        return { ...download, rows: [completedOrder.fields] };
      case '55':
        return { ...download, rows: [execDetails.fields.with(1, download.end?.[2] ?? '-1')] };
      case '54':
      case '62':
      case '64':
      case '72':
      case '74':
        return download;
    }
  },
});
