import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { WebSocket } from 'ws';
import type { Outgoing } from './leaks.js';
import type { NodeRedProcess } from './node-red-process.js';

/** Everything that came out of a Node-RED, and where. */
export class Evidence {
  readonly outgoing: Outgoing[] = [];

  add(where: string, text: string): void {
    this.outgoing.push({ where, text });
  }

  /** Answer and headers. Returns what a test may want to read. */
  async ask(nodeRed: NodeRedProcess, path: string, body?: object): Promise<string> {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const init = body === undefined ? { headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(nodeRed.url + path, { ...init, redirect: 'manual' });
    const text = await response.text();
    this.add(
      `http ${method} ${path.split('?')[0]}`,
      `${response.status} ${JSON.stringify([...response.headers])}\n${text}`,
    );
    return text;
  }

  /** What the runtime pushes to the browser: statuses, debug messages, notifications. The returned function ends that. */
  listenToEditor(nodeRed: NodeRedProcess): () => void {
    const socket = new WebSocket(`${nodeRed.url.replace('http', 'ws')}/comms`);
    socket.on('open', () => {
      for (const topic of ['status/#', 'debug', 'notification/#'])
        socket.send(JSON.stringify({ subscribe: topic }));
    });
    socket.on('message', (data: Buffer) => this.add('editor', data.toString('utf8')));
    // It is cut when Node-RED restarts.
    socket.on('error', () => undefined);
    return () => socket.terminate();
  }

  /** Names and contents of all files; links lead out of the folder and are not followed. */
  async takeFiles(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      this.add('name of a file', relative(folder, path));
      // Every byte is a character: marked values have none beyond ASCII.
      if (entry.isFile()) this.add(`file ${relative(folder, path)}`, await readFile(path, 'latin1'));
    }
  }
}
