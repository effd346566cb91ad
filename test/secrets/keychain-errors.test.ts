import assert from 'node:assert/strict';
import {
  askOnce,
  LIBRARIES,
  noKeychainLibrary,
  startKeychainProcess,
  type Answer,
  type KeychainProcess,
} from '../support/keychain-process.js';
import { noSecretService, startSecretService, type SecretService } from '../support/secret-service.js';
import { busWithoutService, noBus } from '../support/session-bus.js';
import { KEYCHAIN_ERRORS, type KeychainError, type Situation } from './keychain-errors.js';

/** A process must wait 25 s for it, and nothing shortens that: recorded once by hand. */
const TOO_SLOW = (error: KeychainError): boolean =>
  error.situation === 'the Secret Service hangs' && error.library === 'keytar';

describe('the recorded errors of the keychain libraries', function () {
  this.timeout(30_000);

  before(function () {
    const why = noSecretService() ?? noKeychainLibrary();
    if (why === null) return;
    console.log(`      skipped: ${why}`);
    this.skip();
  });

  const recorded = KEYCHAIN_ERRORS.filter((one) => !TOO_SLOW(one));
  for (const situation of new Set(recorded.map((error) => error.situation))) {
    it(`are what they say: ${situation}`, async () => {
      const errors = recorded.filter((error) => error.situation === situation);
      assert.deepEqual(await record(situation, errors), errors);
    });
  }

  it('have no text for a locked keyring that keytar reads: it looks empty', async () => {
    const service = await startSecretService();
    await askOnce(service.env, { library: 'keytar', call: 'set' });
    await service.lock();
    const answers = [
      await askOnce(service.env, { library: 'keytar', call: 'get' }),
      await askOnce(service.env, { library: 'keytar', call: 'delete' }),
    ];
    await service.stop();
    assert.deepEqual(answers, [{ value: null }, { value: false }]);
  });
});

describe('a process that used the Secret Service before it was started again', function () {
  this.timeout(30_000);
  before(function () {
    if ((noSecretService() ?? noKeychainLibrary()) !== null) this.skip();
  });

  it('reads on with @napi-rs/keyring and never again with keytar', async () => {
    const service = await startSecretService();
    const process = startKeychainProcess(service.env);
    for (const library of LIBRARIES) await process.ask({ library, call: 'set', secret: 'a token' });
    await service.stopService();
    await service.startService({ locked: false });
    const keytar = await process.ask({ library: 'keytar', call: 'get' });
    const napi = await process.ask({ library: '@napi-rs/keyring', call: 'get' });
    const anew = await askOnce(service.env, { library: 'keytar', call: 'get' });
    await process.stop();
    await service.stop();
    assert.ok('error' in keytar);
    assert.deepEqual([napi, anew], [{ value: 'a token' }, { value: 'a token' }]);
  });
});

/** Brings the situation about and gives the errors with the texts that the libraries have now. */
async function record(
  situation: Situation,
  errors: readonly KeychainError[],
): Promise<readonly KeychainError[]> {
  const stage = await start(situation);
  const process = startKeychainProcess(stage.env);
  try {
    await change(situation, stage, process);
    const now: KeychainError[] = [];
    for (const error of errors) now.push({ ...error, text: withoutNames(await process.ask(error)) });
    return now;
  } finally {
    await process.stop();
    await stage.stop();
  }
}

type Stage = Pick<SecretService, 'env' | 'stop'> & { readonly service?: SecretService };

async function start(situation: Situation): Promise<Stage> {
  switch (situation) {
    case 'no D-Bus':
      return await noBus();
    case 'an empty D-Bus address': {
      const bare = await noBus();
      return { ...bare, env: { ...bare.env, DBUS_SESSION_BUS_ADDRESS: '' } };
    }
    case 'no socket at the D-Bus address':
    case 'a dead socket at the D-Bus address': {
      const bus = await busWithoutService();
      await bus.stopBus(situation === 'no socket at the D-Bus address' ? 'SIGTERM' : 'SIGKILL');
      return bus;
    }
    case 'no Secret Service':
      return await busWithoutService();
    case 'no keyring':
    case 'locked':
    case 'the Secret Service hangs':
    case 'the Secret Service ended in use':
    case 'the Secret Service came back in use':
    case 'D-Bus ended in use':
    case 'D-Bus came back in use': {
      const service = await startSecretService();
      return { env: service.env, stop: () => service.stop(), service };
    }
  }
}

async function change(situation: Situation, { service }: Stage, user: KeychainProcess): Promise<void> {
  if (service === undefined) return;
  if (situation === 'no keyring') return await service.startServiceWithoutKeyring();
  for (const library of LIBRARIES)
    assert.deepEqual(await user.ask({ library, call: 'set' }), { value: null });
  if (situation === 'locked') return await service.lock();
  if (situation === 'the Secret Service hangs') return service.hang();
  if (situation.startsWith('D-Bus')) await service.stopBus();
  await service.stopService();
  if (situation === 'D-Bus came back in use') await service.startBus();
  if (situation.includes('came back')) await service.startService({ locked: false });
}

function withoutNames(answer: Answer): string {
  if (!('error' in answer)) return `no error but ${JSON.stringify(answer)}`;
  return answer.error.replace(/socket \S+:/, 'socket <socket>:').replace(/:\d+\.\d+/, '<name>');
}
