import { EventName, IBApi } from '@stoqey/ib';
import type { TwsSimulator } from '../../../simulators/index.js';

const WAIT_MS = 5000;

/** The library's decoder as the judge of the simulator: everything it understood, and every decode error. */
export class StoqeyClient {
  readonly events: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  readonly ib: IBApi;

  constructor({ host, port }: TwsSimulator) {
    this.ib = new IBApi({ host, port, clientId: 7, maxReqPerSec: 40 });
    this.ib.on(EventName.all, (name: string, args: readonly unknown[]) => this.events.push({ name, args }));
  }

  async connect(): Promise<void> {
    this.ib.connect();
    await this.until('nextValidId');
  }

  of(name: string): readonly (readonly unknown[])[] {
    return this.events.filter((event) => event.name === name).map(({ args }) => args);
  }

  /** The texts of decode errors (505). */
  decodeErrors(): readonly string[] {
    return this.of('error')
      .filter(([, code]) => code === 505)
      .map(([error]) => String(error));
  }

  async until(name: string, count = 1): Promise<void> {
    if (this.of(name).length >= count) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} did not come ${count} times`)), WAIT_MS);
      const check = (): void => {
        if (this.of(name).length < count) return;
        clearTimeout(timer);
        this.ib.off(EventName.all, check);
        resolve();
      };
      this.ib.on(EventName.all, check);
    });
  }

  close(): void {
    this.ib.removeAllListeners();
    this.ib.disconnect();
  }
}
