import { createRandom } from '../../market/random.js';
import type { Client } from '../client.js';
import type { BehaviourFactory } from './behaviour.js';

/** The next frame to each client that is ready is spoilt, the ones after it are whole again. */
const spoilNextFrame = (spoil: (frame: Buffer) => Buffer): ReturnType<BehaviourFactory> => {
  const spoilt = new WeakSet<Client>();
  return {
    onBytes: (bytes, client) => {
      if (!client.isReady || spoilt.has(client)) return bytes;
      spoilt.add(client);
      return spoil(bytes);
    },
  };
};

/** Random bytes instead of a frame. */
export const garbage: BehaviourFactory = () => {
  const random = createRandom(666);
  return spoilNextFrame(() => Buffer.from(Array.from({ length: 64 }, () => random.integer(0, 255))));
};

const LENGTHS: Readonly<Record<string, number>> = { '-1': 0xffff_ffff, '0': 0, huge: 0x7fff_ffff };

/** A length prefix of -1, 0 or nearly two gigabytes. */
export const badLength: BehaviourFactory = (argument = '-1') => {
  const length = LENGTHS[argument];
  if (length === undefined) throw new RangeError(`"${argument}" is not one of -1, 0, huge`);
  return spoilNextFrame((frame) => {
    const spoilt = Buffer.from(frame);
    spoilt.writeUInt32BE(length, 0);
    return spoilt;
  });
};

/** A frame whose last field does not end. */
export const noFinalNul: BehaviourFactory = () =>
  spoilNextFrame((frame) => {
    const spoilt = Buffer.from(frame.subarray(0, -1));
    spoilt.writeUInt32BE(spoilt.length - 4, 0);
    return spoilt;
  });

const rejectOddly = (client: Client): void =>
  client.error({ id: 7, code: 201, text: 'Order rejected - reason:', rejectJson: '{"rejects":[{"price":' });

/** An order reject whose JSON does not parse, from 166 on. */
export const badRejectJson: BehaviourFactory = () => ({
  onSwitchOn: (controls) => controls.clients().forEach(rejectOddly),
  onReady: rejectOddly,
});
