import { startMqttBroker } from './mqtt-broker.js';
import { DASHBOARD_PATH, startNodeRed } from './node-red.js';
import type { DemoOptions } from './options.js';
import { freePort, HOST, onPort } from './ports.js';
import { logInAtSchwab } from './schwab-login.js';
import { startSimulatedBrokers } from './simulated-broker.js';
import { prepareUserDir } from './user-dir.js';

export interface Demo {
  readonly editor: string;
  readonly dashboard: string;
  readonly mqtt: string;
  readonly ledger: string;
  readonly tws: string;
  readonly schwab: string;
  readonly userDir: string;
  /** Settles when a part has ended by itself, with a sentence. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** Simulated brokers, MQTT broker and Node-RED with the demo's flow, or nothing of them. */
export async function startDemo(options: DemoOptions, say: (line: string) => void): Promise<Demo> {
  const parts: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of parts.splice(0).toReversed()) await part.close();
  };
  const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    parts.push(part);
    return part;
  };
  try {
    const userDir = await prepareUserDir(options);
    const brokers = keep(await startSimulatedBrokers(options, say));
    await logInAtSchwab(userDir, brokers.schwab);
    const mqtt = keep(
      await onPort({ name: 'MQTT broker', preferred: options.mqttPort, say }, startMqttBroker),
    );
    const port = await onPort({ name: 'editor', preferred: options.port, say }, freePort);
    const { ledgerUrl, schwab, twsPort } = brokers;
    const nodeRed = keep(
      await startNodeRed({ port, userDir, twsPort, schwabUrl: schwab.url, mqttPort: mqtt.port }),
    );
    return {
      editor: `${nodeRed.url}/`,
      dashboard: `${nodeRed.url}${DASHBOARD_PATH}`,
      mqtt: `mqtt://${HOST}:${mqtt.port}`,
      ledger: ledgerUrl,
      tws: `${HOST}:${twsPort}`,
      schwab: schwab.url,
      userDir,
      ended: nodeRed.ended,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
