import { randomUUID } from 'node:crypto';

/** What goes back over the wire, before a fault has touched it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type: 'application/json' | 'text/html' | 'text/plain';
  readonly headers?: Readonly<Record<string, string>>;
}

export const jsonAnswer = (value: unknown, status = 200): Answer => ({
  status,
  body: JSON.stringify(value),
  type: 'application/json',
});

export const htmlAnswer = (body: string, status = 200): Answer => ({ status, body, type: 'text/html' });

export const textAnswer = (body: string, status: number): Answer => ({ status, body, type: 'text/plain' });

/** The family of the gateway and of market data. */
export const gatewayError = (status: number, title: string, detail?: string): Answer =>
  jsonAnswer({ errors: [{ id: randomUUID(), status, title, ...(detail ? { detail } : {}) }] }, status);

/** The family of the Trader API. */
export const traderError = (status: number, message: string): Answer => jsonAnswer({ message }, status);
