import { startDemo, type Demo } from './demo.js';
import { HELP, parseOptions } from './options.js';

const PARENT_CHECK_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const say = (line: string): void => console.log(line);
const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs the demo until Ctrl-C; the exit code is 1 when a part failed. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === null) {
    say(HELP);
    return 0;
  }
  const stopped = new Promise<null>((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve(null));
    onOrphaned(() => resolve(null));
  });
  const failed = new Promise<string>((resolve) => {
    process.once('uncaughtException', (error) => resolve(`A part of the demo failed: ${sentenceOf(error)}`));
  });
  say('Starting the simulated brokers, the MQTT broker and Node-RED …');
  const starting = startDemo(options, say);
  const demo = await Promise.race([starting, failed, stopped]);
  if (demo === null || typeof demo === 'string') {
    if (demo !== null) say(`${demo} The demo stops.`);
    // A start cannot be called back half way: let it finish, then close what it opened.
    await starting.then(
      (late) => late.close(),
      () => undefined,
    );
    return demo === null ? 0 : 1;
  }
  say(addresses(demo));
  const trouble = await Promise.race([demo.ended, failed, stopped]);
  say(trouble === null ? '\nStopping …' : `${trouble} The demo stops.`);
  await demo.close();
  return trouble === null ? 0 : 1;
}

/**
 * npm puts a shell between itself and us, which dies of a SIGTERM without passing it on: then we have another
 * parent. Without npm a lost parent means nothing (nohup, a closed terminal).
 */
function onOrphaned(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] !== 'start') return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_CHECK_MS).unref();
}

function addresses({ dashboard, editor, ledger, mqtt, schwab, tws, userDir }: Demo): string {
  return `
  Dashboard    ${dashboard}
  Editor       ${editor}
  MQTT broker  ${mqtt}   (topics brokerage/#)
  Ledger       ${ledger}   (what the simulated accounts really hold)
  TWS          ${tws}   (simulated: invented accounts, invented money)
  Schwab       ${schwab}   (simulated, too; the demo has logged in already)

  Your changes to the flow are kept in ${userDir}
  (npm start -- --fresh begins anew). Ctrl-C stops everything.
`;
}
