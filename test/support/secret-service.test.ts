import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import {
  askOnce,
  attributesOf,
  LIBRARIES,
  noKeychainLibrary,
  startKeychainProcess,
} from './keychain-process.js';
import { noSecretService, startSecretService, type SecretService } from './secret-service.js';

describe('the Secret Service for tests', function () {
  this.timeout(30_000);
  let service: SecretService;

  before(function () {
    const why = noSecretService() ?? noKeychainLibrary();
    if (why === null) return;
    console.log(`      skipped: ${why}`);
    this.skip();
  });
  beforeEach(async () => {
    service = await startSecretService();
  });
  afterEach(async () => await service.stop());

  for (const library of LIBRARIES) {
    const used = async () => {
      const process = startKeychainProcess(service.env);
      assert.deepEqual(await process.ask({ library, call: 'set', secret: 'a token' }), { value: null });
      return process;
    };

    it(`holds what ${library} stored where secret-tool sees it`, async () => {
      const process = await used();
      assert.equal(await service.lookup(attributesOf(library)), 'a token');
      await service.clear(attributesOf(library));
      assert.deepEqual(await process.ask({ library, call: 'get' }), { value: null });
      assert.equal(await service.lookup(attributesOf(library)), null);
      await process.stop();
    });

    it(`is locked and unlocked under a running process that uses ${library}`, async () => {
      const process = await used();
      await service.lock();
      const locked = await process.ask({ library, call: 'get' });
      assert.notDeepEqual(locked, { value: 'a token' });
      assert.deepEqual('value' in locked ? locked.value : null, null);
      await service.unlock();
      assert.deepEqual(await process.ask({ library, call: 'get' }), { value: 'a token' });
      await process.stop();
    });

    it(`keeps what ${library} stored while the daemon is started again`, async () => {
      await (await used()).stop();
      await service.stopService();
      assert.ok('error' in (await askOnce(service.env, { library, call: 'get' })));
      await service.startService({ locked: true });
      assert.notDeepEqual(await askOnce(service.env, { library, call: 'get' }), { value: 'a token' });
      await service.unlock();
      assert.deepEqual(await askOnce(service.env, { library, call: 'get' }), { value: 'a token' });
    });

    it(`may lose its D-Bus without ending a process that uses ${library}`, async () => {
      const process = await used();
      await service.stopBus();
      assert.ok('error' in (await process.ask({ library, call: 'get' })));
      assert.equal(process.end(), null);
      await process.stop();
    });
  }

  it('leaves no folder behind', async () => {
    await service.stop();
    assert.equal(existsSync(service.home), false);
  });
});
