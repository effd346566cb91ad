import { subscribe } from 'node:diagnostics_channel';

let underWay = 0;
let isListening = false;

/** Requests of `fetch` in this process that have no whole answer yet. Counted from the first call on. */
export function requestsUnderWay(): number {
  if (!isListening) listen();
  return underWay;
}

/** undici's own channels: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
function listen(): void {
  isListening = true;
  const open = new WeakSet<object>();
  const end = (message: unknown): void => {
    const request = requestIn(message);
    if (request !== null && open.delete(request)) underWay -= 1;
  };
  subscribe('undici:request:create', (message) => {
    const request = requestIn(message);
    if (request === null) return;
    open.add(request);
    underWay += 1;
  });
  subscribe('undici:request:trailers', end);
  subscribe('undici:request:error', end);
}

function requestIn(message: unknown): object | null {
  if (typeof message !== 'object' || message === null || !('request' in message)) return null;
  return typeof message.request === 'object' ? message.request : null;
}
