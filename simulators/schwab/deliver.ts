import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import type { Faulty } from './faults.js';

const SLICE_MS = 20;

/** Sends an answer, in one piece or as a fault has it. */
export const deliver = (response: ServerResponse, { answer, delivery }: Faulty, date: Date): void => {
  if (delivery.kind === 'hang') return;
  const isBroken = delivery.kind === 'broken-gzip';
  const whole = Buffer.from(answer.body);
  const bytes = isBroken ? halfOf(gzipSync(whole)) : whole;
  response.sendDate = false;
  response.writeHead(answer.status, {
    'content-type': `${answer.type}; charset=utf-8`,
    'content-length': bytes.length,
    date: date.toUTCString(),
    'schwab-client-correlid': randomUUID(),
    ...(isBroken ? { 'content-encoding': 'gzip' } : {}),
    ...answer.headers,
  });
  switch (delivery.kind) {
    case 'whole':
    // Half of a packed answer, whole for HTTP: only who unpacks it sees that something is missing.
    case 'broken-gzip':
      return void response.end(bytes);
    case 'cut':
      response.flushHeaders();
      response.write(bytes.subarray(0, delivery.afterBytes), () => response.destroy());
      return;
    case 'slow':
      return trickle(response, bytes, Math.max(1, Math.floor((delivery.bytesPerSecond * SLICE_MS) / 1000)));
  }
};

const halfOf = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));

const trickle = (response: ServerResponse, bytes: Buffer, slice: number): void => {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + slice));
    sent += slice;
    if (sent < bytes.length && !response.destroyed) return;
    clearInterval(timer);
    response.end();
  }, SLICE_MS);
  timer.unref();
};
