import type { Fields } from '../fields.js';
import { numberOr, type BehaviourFactory } from './behaviour.js';

const statusFirst = (frames: readonly Fields[]): readonly Fields[] => {
  const ordered = [...frames];
  for (const [index, frame] of frames.entries()) {
    const before = ordered[index - 1];
    if (frame[0] !== '3' || before?.[0] !== '5') continue;
    ordered[index - 1] = frame;
    ordered[index] = before;
  }
  return ordered;
};

/** orderStatus comes before the openOrder it belongs to. */
export const statusBeforeOrder: BehaviourFactory = () => ({
  onLive: statusFirst,
  onDownload: (download) => ({ ...download, rows: statusFirst(download.rows) }),
});

/** Every orderStatus comes three times. */
export const repeatStatus: BehaviourFactory = () => ({
  onFrame: (frame) => (frame[0] === '3' ? [frame, frame, frame] : [frame]),
});

/** The commission of a live fill comes that many milliseconds later. */
export const lateCommission: BehaviourFactory = (argument) => {
  const lateMs = numberOr(argument, 1000);
  /** timer → what it will send */
  const waiting = new Map<NodeJS.Timeout, () => void>();
  return {
    onLive: (frames, client) => {
      const late = frames.filter(([id]) => id === '59');
      if (late.length === 0) return frames;
      const timer = setTimeout(() => {
        waiting.delete(timer);
        client.send(late);
      }, lateMs);
      waiting.set(timer, () => client.send(late));
      return frames.filter(([id]) => id !== '59');
    },
    onClear: () => {
      for (const [timer, send] of waiting) {
        clearTimeout(timer);
        send();
      }
      waiting.clear();
    },
  };
};
