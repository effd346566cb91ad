import { hostname } from 'node:os';
import type { NodeAPI } from 'node-red';
import type { z } from 'zod';
import { BrokerageError } from '../errors.js';
import type { Clock } from '../ports.js';
import { foreignPage } from './foreign-page.js';
import { requestLimit } from './request-limit.js';
import { said, saidAnswer, saidInLog } from './said.js';

export type Permission = 'brokerage.read' | 'brokerage.write' | 'flows.write';

export interface GuardedRequest<Body> {
  /** Node id of the path. */
  readonly id: string;
  readonly body: Body;
  /** Aborts when the browser gives up. */
  readonly signal: AbortSignal;
}

export interface GuardedRoute<Body> {
  readonly permission: Permission;
  readonly clock: Clock;
  readonly schema: z.ZodType<Body>;
  /** How many requests are answered; 10 where nothing is said. */
  readonly perMinute?: number;
  /** A further permission that this very body asks for. */
  readonly alsoNeeds?: (body: Body) => Permission | null;
  /** @throws Refusal, BrokerageError */
  readonly handle: (request: GuardedRequest<Body>) => Promise<object>;
}

/** A handler's way to answer with a status and a sentence. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const REQUESTS_PER_MINUTE = 10;
const BAD_GATEWAY = 502;
const INTERNAL = 500;
/** The address holds a code: it must not travel on, nor stay. */
const PAGE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

type Post = Parameters<NodeAPI['httpAdmin']['post']>;
type Handler = ReturnType<NodeAPI['auth']['needsPermission']>;
type Request = Parameters<Handler>[0];
type Response = Parameters<Handler>[1];

/**
 * A POST below the editor's root that changes something or spends the broker's patience. `needsPermission` lets
 * everybody pass where Node-RED has no adminAuth, so the other guards hold by themselves.
 */
export function guardedPost<Body>(RED: NodeAPI, path: Post[0], route: GuardedRoute<Body>): void {
  const perMinute = route.perMinute ?? REQUESTS_PER_MINUTE;
  const pass = requestLimit(route.clock, perMinute);
  RED.httpAdmin.post(path, RED.auth.needsPermission(route.permission), (req, res, next) => {
    const refusal = notJson(req) ?? foreignRefusal(req) ?? (pass() ? null : tooMany(perMinute));
    if (refusal !== null) return refuse(res, refusal);
    const body = route.schema.safeParse(req.body);
    if (!body.success)
      return refuse(
        res,
        new Refusal(400, 'invalid-body', body.error.issues[0]?.message ?? 'The body is empty.'),
      );
    const respond = () => {
      const request = { id: String(req.params['id']), body: body.data, signal: abortedWith(res) };
      answer(res, () => route.handle(request)).catch((error: unknown) => refuse(res, asRefusal(RED, error)));
    };
    const further = route.alsoNeeds?.(body.data) ?? null;
    if (further === null) return respond();
    RED.auth.needsPermission(further)(req, res, (error?: unknown) =>
      error === undefined ? respond() : next(error),
    );
  });
}

export interface GuardedLook {
  readonly permission: Permission;
  /** Gets the node id of the path. @throws Refusal, BrokerageError */
  readonly handle: (id: string) => Promise<object>;
}

/**
 * A GET that changes nothing and tells no secret. Foreign pages are refused, for Node-RED 4.1 lets all of them read
 * its answers (`Access-Control-Allow-Origin: *`).
 */
export function guardedGet(RED: NodeAPI, path: Post[0], { handle, permission }: GuardedLook): void {
  RED.httpAdmin.get(path, RED.auth.needsPermission(permission), (req, res) => {
    res.set('Cache-Control', 'no-store');
    const refusal = foreignRefusal(req);
    if (refusal !== null) return refuse(res, refusal);
    answer(res, () => handle(String(req.params['id']))).catch((error: unknown) =>
      refuse(res, asRefusal(RED, error)),
    );
  });
}

export interface OpenPage {
  readonly clock: Clock;
  /** Gets the address with its query; answers with a page. */
  readonly handle: (address: string) => Promise<string>;
}

/** A page for a browser that comes from elsewhere and cannot carry the editor's login: `handle` must know it by itself. */
export function openGet(RED: NodeAPI, path: Post[0], { clock, handle }: OpenPage): void {
  const pass = requestLimit(clock, REQUESTS_PER_MINUTE);
  RED.httpAdmin.get(path, (req, res) => {
    if (!pass()) return refuse(res, tooMany(REQUESTS_PER_MINUTE));
    handle(req.originalUrl)
      .then((page) => res.set(PAGE_HEADERS).type('html').send(page))
      .catch((error: unknown) => refuse(res, asRefusal(RED, error)));
  });
}

async function answer(res: Response, handle: () => Promise<object>): Promise<void> {
  const value = await handle();
  if (!res.writableEnded) res.json(saidAnswer(value));
}

function notJson(req: Request): Refusal | null {
  if (req.is('application/json')) return null;
  return new Refusal(415, 'not-json', 'This address takes application/json only.');
}

function foreignRefusal(req: Request): Refusal | null {
  const trustedHosts = process.env['BROKERAGE_TRUSTED_HOSTS'] ?? '';
  const foreign = foreignPage(req, { hostname: hostname(), trustedHosts });
  return foreign === null ? null : new Refusal(403, foreign.code, foreign.message);
}

function tooMany(perMinute: number): Refusal {
  return new Refusal(429, 'too-many', `At most ${perMinute} requests a minute: wait a little.`);
}

function asRefusal(RED: NodeAPI, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof BrokerageError) return new Refusal(BAD_GATEWAY, error.code, error.message);
  saidInLog(RED).error(
    `brokerage: a request of the editor failed: ${error instanceof Error ? error.message : 'unknown'}`,
  );
  return new Refusal(INTERNAL, 'internal', 'Something unexpected happened; the log of Node-RED says more.');
}

function refuse(res: Response, { status, code, message }: Refusal): void {
  if (!res.headersSent) res.status(status).json({ error: { code, message: said(message) } });
}

function abortedWith(res: Response): AbortSignal {
  const controller = new AbortController();
  res.on('close', () => controller.abort());
  return controller.signal;
}
