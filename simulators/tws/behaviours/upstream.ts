import { noticeText } from '../notices.js';
import type { BehaviourFactory, Controls } from './behaviour.js';

/** Reads on, but a client that is ready never hears anything again: no FIN, no data. */
export const halfOpen: BehaviourFactory = () => ({
  onBytes: (bytes, client) => (client.isReady ? null : bytes),
});

/** TWS has lost IB: 1100, and nothing moves until it is restored. */
export const connectivityLost: BehaviourFactory = () => {
  let controls: Controls | undefined;
  return {
    onSwitchOn: (given) => {
      controls = given;
      given.freeze();
      given.notice(1100);
    },
    onReady: (client) => {
      if (controls?.isFrozen) client.error({ id: -1, code: 1100, text: noticeText(1100) });
    },
    onClear: (given) => given.thaw(),
  };
};

/** 1102: the subscriptions go on. */
export const connectivityRestored: BehaviourFactory = () => ({
  onSwitchOn: (controls) => {
    controls.notice(1102);
    controls.thaw();
  },
});

/** 1101: everything must be requested again. */
export const connectivityRestoredDataLost: BehaviourFactory = () => ({
  onSwitchOn: (controls) => {
    controls.forgetSubscriptions();
    controls.notice(1101);
    controls.thaw();
  },
});

/** Another client holds the account subscription and keeps it. */
export const subscriptionRefused: BehaviourFactory = () => ({
  onRequest: (request, client) => {
    if (request[0] !== '6' || request[2] !== '1') return false;
    client.error({ id: -1, code: 2101, text: noticeText(2101) });
    return true;
  },
});
