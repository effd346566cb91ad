import { RateLimit } from '../../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint } from '../../src/brokers/schwab/token-endpoint.js';
import { Tokens } from '../../src/brokers/schwab/tokens.js';
import { systemClock } from '../../src/runtime/system-clock.js';
import { encryptedFile } from '../../src/secrets/encrypted-file.js';

// A process that does nothing but renew a login, until it is killed: <file> <apiUrl> <appKey> <appSecret>
const [path = '', apiUrl = '', appKey = '', appSecret = ''] = process.argv.slice(2);
const clock = systemClock;
const endpoint = tokenEndpoint({
  app: { apiUrl, appKey, appSecret },
  limit: new RateLimit(clock, 1_000_000),
  clock,
});
const say = (message: string): void => console.error(message);
const store = encryptedFile({ path, secret: async () => appSecret, clock, warn: say });
const tokens = new Tokens({ store, endpoint, clock, logger: { info: say, warn: say, error: say } });

try {
  for (;;) {
    await tokens.access();
    process.stdout.write('.');
  }
} catch (error) {
  console.error(error);
  process.exit(1);
}
