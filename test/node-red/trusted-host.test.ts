import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foreignPage } from '../../src/node-red/foreign-page.js';
import { isTrustedHost } from '../../src/node-red/trusted-host.js';

const MACHINE = { hostname: 'box.example.org', trustedHosts: '' } as const;
const PRIVATE = ['localhost', 'local', 'home.arpa', 'internal', 'home', 'lan', 'localdomain'] as const;
const port = fc.option(fc.integer({ min: 0, max: 65535 }), { nil: undefined });
const withPort = (host: string, number: number | undefined) =>
  number === undefined ? host : `${host}:${number}`;
const upperCase = (host: string) => host.toUpperCase();
/** Two labels and a top-level domain that somebody can rent. */
const rentable = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/), fc.constantFrom('com', 'box', 'example', 'co.uk'))
  .map(([label, domain]) => `${label}.${domain}`);

describe('the name by which a page reached Node-RED', () => {
  it('is none that a stranger could make point here', () => {
    fc.assert(
      fc.property(rentable, port, (name, number) => {
        for (const host of [name, upperCase(name), `${name}.`, `${name}..`])
          assert.equal(isTrustedHost(withPort(host, number), MACHINE), false);
      }),
    );
  });

  it('may be one that its owner lists, however it is written', () => {
    fc.assert(
      fc.property(rentable, rentable, port, (name, other, number) => {
        for (const listed of [name, ` ${upperCase(name)} `, `${name}:1880`, `${name}.`]) {
          const machine = { ...MACHINE, trustedHosts: `${other},${listed}` };
          assert.equal(isTrustedHost(withPort(upperCase(name), number), machine), true);
          assert.equal(isTrustedHost(withPort(`not-${name}`, number), machine), false);
          assert.equal(isTrustedHost(withPort(`sub.${name}`, number), machine), false);
        }
      }),
    );
  });

  it('may be any address, for a page of an address came from there', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), port, (v4, v6, number) => {
        assert.equal(isTrustedHost(withPort(v4, number), MACHINE), true);
        assert.equal(isTrustedHost(withPort(`[${v6}]`, number), MACHINE), true);
      }),
    );
  });

  it('may be one that is given out in this network only', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PRIVATE), rentable, port, (zone, name, number) => {
        for (const host of [
          `nr.${zone}`,
          `${name}.${zone}`,
          `NR.${upperCase(zone)}.`,
          'raspberrypi',
          'localhost',
        ])
          assert.equal(isTrustedHost(withPort(host, number), MACHINE), true, host);
        for (const host of [`${zone}.${name}`, `${name.replaceAll('.', '-')}${zone}.com`])
          assert.equal(isTrustedHost(withPort(host, number), MACHINE), false, host);
      }),
    );
  });

  for (const [title, host, trusted] of [
    ["is trusted when it is the machine's own", 'Box.example.org:1880', true],
    ['is not trusted for being a name beside it', 'evil.example.org', false],
    ['is not trusted in fritz.box, which a stranger has rented once', 'nodered.fritz.box', false],
    ['is not trusted when its zone only ends like a private one', 'evil.clan', false],
    ['is not trusted for looking like an address', '127.0.0.1.nip.io', false],
    ['is not trusted when it is no name', 'evil.example/.local', false],
    ['is not trusted when it names a user', 'localhost@evil.example', false],
    ['is not trusted when there is none', undefined, false],
    ['is not trusted when it is empty', '', false],
  ] as const)
    it(title, () => assert.equal(isTrustedHost(host, MACHINE), trusted));

  it('may be listed in its own script', () => {
    const machine = { ...MACHINE, trustedHosts: 'bücher.example' };
    assert.equal(isTrustedHost('xn--bcher-kva.example', machine), true);
  });

  it('trusts nobody for an empty list, or an unknown name of the machine', () => {
    for (const trustedHosts of ['', ',', '*', '.'])
      assert.equal(isTrustedHost('evil.example', { hostname: '', trustedHosts }), false);
  });

  it('is never taken from a header that any page can send', () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'localhost', forwarded: 'host=localhost' };
    assert.equal(foreignPage({ headers }, MACHINE)?.code, 'untrusted-host');
  });

  it('does not matter to whoever is logged in; the default user of adminAuth is not', () => {
    const headers = { host: 'nodered.example', origin: 'http://nodered.example' };
    assert.equal(foreignPage({ headers, user: { username: 'admin' } }, MACHINE), null);
    const anonymous = { anonymous: true, permissions: '*' };
    assert.equal(foreignPage({ headers, user: anonymous }, MACHINE)?.code, 'untrusted-host');
  });

  it('is in the sentence that says what to do', () => {
    assert.deepEqual(foreignPage({ headers: { host: 'nodered.example:1880' } }, MACHINE), {
      code: 'untrusted-host',
      message:
        'Nobody is logged in, and "nodered.example" may be the name of a foreign page: open the editor by its IP ' +
        'address, set a password for Node-RED (adminAuth), or list the name in the environment variable ' +
        'BROKERAGE_TRUSTED_HOSTS.',
    });
  });
});
