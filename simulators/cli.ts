#!/usr/bin/env node
import { HELP, parseOptions, type CliOptions } from './cli/options.js';
import { createMarket } from './market/market.js';
import { startSchwabSimulator } from './schwab/start.js';
import { startTwsSimulator } from './tws/start.js';

// Often enough for a demo to look alive; real TWS takes three minutes.
const VALUE_PUSH_MS = 2000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const optionsOrExit = (): CliOptions => {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options) return options;
    process.stdout.write(HELP);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${messageOf(error)} (--help shows the options)\n`);
    process.exit(2);
  }
};

const run = async (options: CliOptions): Promise<void> => {
  const { seed, accounts, positions, schwabAccounts, tickMs, tradeMs } = options;
  const market = createMarket({ seed, accounts, positions, schwabAccounts });
  const tws = await startTwsSimulator({
    market,
    port: options.twsPort,
    serverVersion: options.serverVersion,
    faults: options.faults,
    valuePushMs: VALUE_PUSH_MS,
  });
  const schwab = await startSchwabSimulator({
    market,
    port: options.schwabPort,
    appKey: options.schwabAppKey,
    appSecret: options.schwabAppSecret,
    callbackUrls: options.schwabCallbacks,
    rotation: options.schwabRotation,
    lifetimes: options.schwabLifetimes,
    faults: options.schwabFaults,
  });
  const stopPlaying = market.startAutoplay({ tickMs, tradeMs });
  process.stdout.write(
    `${JSON.stringify({ tws: { host: tws.host, port: tws.port }, schwab: { url: schwab.url } })}\n`,
  );
  const stop = (): void => {
    stopPlaying();
    Promise.all([tws.close(), schwab.close()]).then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

const fail = (error: unknown): void => {
  process.stderr.write(`The simulator cannot run: ${messageOf(error)}\n`);
  process.exit(1);
};

run(optionsOrExit()).catch(fail);
