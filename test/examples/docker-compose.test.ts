import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';

const path = (file: string): URL => new URL(`../../../examples/docker/${file}`, import.meta.url);
const read = (file: string): string => readFileSync(path(file), 'utf8');

const service = z.looseObject({
  image: z.string().optional(),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z
    .union([z.array(z.string()), z.record(z.string(), z.object({ condition: z.string() }))])
    .default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
});
const compose = z
  .looseObject({
    services: z.record(z.string(), service),
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
    networks: z.record(z.string(), z.object({ internal: z.boolean() }).nullable()),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(load(read('compose.yaml')));
const services = Object.entries(compose.services);

describe('the Docker example', () => {
  it('runs a gateway, Node-RED, an MQTT broker, and what Grafana needs', () => {
    assert.deepEqual(Object.keys(compose.services), [
      'ib-gateway',
      'node-red',
      'mosquitto',
      'telegraf',
      'influxdb',
      'grafana',
    ]);
  });

  it('mounts files that are there, read-only', () => {
    const mounted = services.flatMap(([, { volumes }]) => volumes.filter((volume) => volume.startsWith('.')));
    assert.ok(mounted.length >= 6);
    for (const volume of mounted) {
      const [from = '', , mode] = volume.split(':');
      assert.ok(existsSync(path(from)), `${from} is not there`);
      assert.equal(mode, 'ro', volume);
    }
  });

  it('waits for services that there are, and for their health only where it is looked at', () => {
    for (const [name, { depends_on: needed }] of services)
      for (const [other, condition] of Array.isArray(needed)
        ? needed.map((one) => [one, 'service_started'] as const)
        : Object.entries(needed).map(([one, how]) => [one, how.condition] as const)) {
        const awaited = compose.services[other] ?? assert.fail(`${name} waits for ${other}`);
        assert.equal(condition === 'service_healthy', awaited.healthcheck !== undefined, `${name}: ${other}`);
      }
  });

  it('lets nobody but Telegraf and Grafana at the history, which has no password', () => {
    const inside = services.filter(([, { networks }]) => networks.includes('history'));
    assert.deepEqual(
      inside.map(([name]) => name),
      ['telegraf', 'influxdb', 'grafana'],
    );
    assert.equal(compose.networks['history']?.internal, true);
    assert.deepEqual(compose.services['influxdb']?.ports, []);
    assert.deepEqual(compose.services['influxdb']?.networks, ['history']);
  });

  it('gives Telegraf every variable of its configuration, and Grafana the data source and the dashboard', () => {
    const { environment = {} } = compose.services['telegraf'] ?? {};
    const used = [...read('../../grafana/telegraf.conf').matchAll(/"\$\{(\w+)\}"/g)].map(([, name]) => name);
    assert.deepEqual(new Set(Object.keys(environment)), new Set(used));
    const database = /database = "(\w+)"/.exec(read('../../grafana/telegraf.conf'))?.[1];
    const source = load(read('../../grafana/provisioning/datasources/influxdb.yaml'));
    const { datasources } = z
      .object({
        datasources: z.array(
          z.looseObject({ url: z.string(), jsonData: z.looseObject({ dbName: z.string() }) }),
        ),
      })
      .parse(source);
    assert.deepEqual(
      datasources.map(({ jsonData, url }) => [url, jsonData.dbName]),
      [[environment['INFLUXDB_URL'], database]],
    );
    assert.equal(compose.services['influxdb']?.environment['INFLUXDB_DB'], database);
    const folder = z
      .object({ providers: z.tuple([z.looseObject({ options: z.object({ path: z.string() }) })]) })
      .parse(load(read('../../grafana/provisioning/dashboards/brokerage.yaml'))).providers[0].options.path;
    const targets = compose.services['grafana']?.volumes.map((volume) => volume.split(':')[1]) ?? [];
    assert.ok(targets.includes(`${folder}/brokerage-influxdb.json`));
  });

  it('finds every variable in .env.example, where each is used', () => {
    const used = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    const offered = [...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    assert.deepEqual(new Set(offered), new Set(used));
  });

  it('has a file outside of git for every secret', () => {
    const asked = services.flatMap(([, { secrets }]) => secrets);
    assert.deepEqual(Object.keys(compose.secrets).toSorted(), asked.toSorted());
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      assert.equal(file, `./secrets/${name}`);
      assert.ok(read('README.md').includes(name), `README.md does not say how ${name} is made`);
    }
    assert.deepEqual(read('.gitignore').trim().split('\n'), ['.env', 'secrets']);
  });

  it('gives each container only the secrets that it reads', () => {
    for (const [name, { environment, secrets }] of services) {
      const named = Object.values(environment)
        .flatMap((value) => {
          const [, secret] = /^@\{docker:(\w+)\}$/.exec(value) ?? [];
          return secret === undefined ? [value] : [`/run/secrets/${secret}`];
        })
        .filter((value) => value.startsWith('/run/secrets/'));
      const configured = name === 'mosquitto' ? [passwordFile()] : [];
      assert.deepEqual(
        [...named, ...configured].toSorted(),
        secrets.map((secret) => `/run/secrets/${secret}`).toSorted(),
        name,
      );
    }
  });

  it('has no password, key or secret in clear text', () => {
    for (const [name, { environment }] of services)
      for (const [variable, value] of Object.entries(environment))
        if (/PASSW|SECRET|KEY|TOKEN/.test(variable))
          assert.match(`${variable}=${value}`, /_FILE=\/run\/secrets\/\w+$|=@\{docker:\w+\}$/, name);
    assert.doesNotMatch(read('.env.example'), /^\w*(PASSW|SECRET|KEY|TOKEN)\w*=/m);
  });

  it("keeps the gateway's user and password out of the other containers", () => {
    const withLogin = services.filter(([, { environment, secrets }]) =>
      [...Object.keys(environment), ...secrets].some((name) => /tws_/i.test(name)),
    );
    assert.deepEqual(
      withLogin.map(([name]) => name),
      ['ib-gateway'],
    );
  });

  it('keeps the API read-only and reachable for Node-RED alone', () => {
    const { 'ib-gateway': gateway } = compose.services;
    assert.equal(gateway?.environment['READ_ONLY_API'], 'yes');
    assert.deepEqual(gateway?.ports, []);
    const [network = ''] = gateway?.networks ?? [];
    const inside = services.filter(([, { networks }]) => networks.includes(network));
    assert.deepEqual(
      inside.map(([name]) => name),
      ['ib-gateway', 'node-red'],
    );
  });

  it('publishes nothing beyond this machine', () => {
    for (const port of services.flatMap(([, { ports }]) => ports))
      assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
    assert.match(read('mosquitto.conf'), /^allow_anonymous false$/m);
  });

  it('pins every image to a version', () => {
    const base = /^FROM (.+)$/m.exec(read('Dockerfile'))?.[1] ?? '';
    const images = services.flatMap(([, { image }]) => image ?? []);
    for (const image of [base, ...images])
      assert.match(image, /:(\d+\.\d+\.\d+|\$\{BROKERAGE_VERSION\})[\w-]*$/);
  });

  it('keeps what was made in volumes that exist', () => {
    const named = services
      .flatMap(([, { volumes }]) => volumes)
      .filter((volume) => !volume.startsWith('.'))
      .map((volume) => volume.split(':')[0]);
    assert.deepEqual(named, Object.keys(compose.volumes));
    assert.ok(compose.services['node-red']?.volumes.includes('node-red:/data'));
    assert.deepEqual(
      [...new Set(services.flatMap(([, { networks }]) => networks))],
      Object.keys(compose.networks),
    );
  });

  it('installs the version of this package', () => {
    const { version } = z.looseObject({ version: z.string() }).parse(JSON.parse(read('../../package.json')));
    assert.match(read('.env.example'), new RegExp(`^BROKERAGE_VERSION=${version}$`, 'm'));
  });
});

function passwordFile(): string {
  return /^password_file (\S+)$/m.exec(read('mosquitto.conf'))?.[1] ?? '';
}
