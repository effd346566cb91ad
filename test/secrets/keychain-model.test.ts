import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConfigError } from '../../src/errors.js';
import type { KeychainItem } from '../../src/secrets/keychain/item.js';
import { keychainItem, REST_MS } from '../support/keychain-item.js';

const name = fc.constantFrom('appKey', 'appSecret', 'flexToken');
const entered = fc.dictionary(name, fc.string({ minLength: 1, maxLength: 5 }), {
  minKeys: 1,
  noNullPrototype: true,
});
const step = fc.oneof(
  fc.record({ does: fc.constant('enter' as const), secrets: entered }),
  fc.record({ does: fc.constant('change' as const), secrets: entered }),
  fc.record({ does: fc.constant('drop' as const), name }),
  ...(['remove', 'lock', 'unlock', 'delete behind our back', 'wait'] as const).map((does) =>
    fc.record({ does: fc.constant(does) }),
  ),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

type Secrets = Readonly<Record<string, string>>;

/** What the keychain should hold; of what was taken away from us only the names are known. */
interface Model {
  readonly secrets: Secrets;
  readonly isGone: boolean;
}

const NOTHING: Model = { secrets: {}, isGone: false };

/** How things should be after a step that worked. */
function after(model: Model, done: Step): Model {
  const { isGone, secrets } = model;
  switch (done.does) {
    case 'enter':
      return { secrets: isGone ? done.secrets : { ...secrets, ...done.secrets }, isGone: false };
    case 'change':
      return { secrets: done.secrets, isGone: false };
    case 'drop': {
      const left = Object.entries(secrets).filter(([other]) => other !== done.name);
      return { secrets: Object.fromEntries(left), isGone: isGone && left.length > 0 };
    }
    case 'remove':
      return NOTHING;
    case 'delete behind our back':
      return { secrets, isGone: Object.keys(secrets).length > 0 };
    case 'lock':
    case 'unlock':
    case 'wait':
      return model;
  }
}

async function take({ clock, item, memory }: ReturnType<typeof keychainItem>, next: Step): Promise<void> {
  switch (next.does) {
    case 'enter':
      return await item.enter(next.secrets);
    case 'change':
      return await item.change(() => next.secrets);
    case 'drop':
      return void (await item.drop([next.name]));
    case 'remove':
      return await item.remove();
    case 'lock':
      return void (memory.mood = 'locked');
    case 'unlock':
      return void (memory.mood = 'open');
    case 'delete behind our back':
      return memory.entries.clear();
    case 'wait':
      return clock.advance(REST_MS);
  }
}

/** Null where it refused to say. */
async function look(item: KeychainItem): Promise<Secrets | null> {
  try {
    return await item.read();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return null;
  }
}

const sorted = (secrets: Secrets) => Object.entries(secrets).toSorted(([a], [b]) => a.localeCompare(b));

describe('what is kept in the keychain', () => {
  for (const missing of [null, 'keytar', '@napi-rs/keyring'] as const)
    it(`is what was put there, or cannot be read, whatever happens (without ${missing ?? 'nothing'})`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const stage = keychainItem();
          if (missing !== null) stage.memory.installed.delete(missing);
          let model = NOTHING;
          for (const next of steps) {
            try {
              await take(stage, next);
              model = after(model, next);
            } catch (error) {
              assert.ok(error instanceof ConfigError, String(error));
            }
            const read = await look(stage.item);
            if (read !== null) assert.deepEqual([sorted(read), false], [sorted(model.secrets), model.isGone]);
          }
          stage.memory.mood = 'open';
          stage.clock.advance(REST_MS);
          const read = await look(stage.item);
          assert.equal(read === null, model.isGone);
          if (read !== null) assert.deepEqual(sorted(read), sorted(model.secrets));
        }),
        { numRuns: 300 },
      );
    });
});
