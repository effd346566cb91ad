import { main } from './main.js';

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(`The demo cannot run: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
