import { numberOr, type BehaviourFactory } from './behaviour.js';

/** Names a version and the accounts, but message 9 never comes. */
export const stallHandshake: BehaviourFactory = () => ({
  onFrame: (frame) => (frame[0] === '9' ? [] : [frame]),
});

/** Claims to speak a version, whatever the client can. */
export const serverVersion: BehaviourFactory = (argument) => ({ serverVersion: numberOr(argument, 200) });

const refuseStart = (code: number, text: string): BehaviourFactory => {
  return () => ({
    onStart: (client) => {
      client.error({ id: -1, code, text });
      client.hangUp();
      return true;
    },
  });
};

export const duplicateClientId = refuseStart(
  326,
  'Unable to connect as the client id is already in use. Retry with a unique client id.',
);

export const paperDisclaimer = refuseStart(
  10141,
  'Paper trading disclaimer must first be accepted for API connection.',
);

/** `A,B,` as some gateways list their accounts. */
export const trailingComma: BehaviourFactory = () => ({
  onFrame: (frame) => (frame[0] === '15' ? [[...frame.slice(0, 2), `${frame[2] ?? ''},`]] : [frame]),
});
