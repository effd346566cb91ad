import { READ_ONLY_TEXT } from '../notices.js';
import type { BehaviourFactory } from './behaviour.js';

/** The Read-Only API checkbox: open orders are refused, completed orders never answered. */
export const readOnly: BehaviourFactory = () => ({
  onRequest: ([id], client) => {
    if (id === '16') client.error({ id: -1, code: 321, text: READ_ONLY_TEXT });
    return id === '16' || id === '99';
  },
});

/** The same, but both are refused in words. */
export const readOnlyLoud: BehaviourFactory = () => ({
  onRequest: ([id], client) => {
    const isRefused = id === '16' || id === '99';
    if (isRefused) client.error({ id: -1, code: 321, text: READ_ONLY_TEXT });
    return isRefused;
  },
});
