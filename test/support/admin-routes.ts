/** A route below the editor's root, and what opens it. */
export interface AdminRoute {
  /** Method and path, as registered. */
  readonly route: string;
  readonly opens: 'brokerage.read' | 'brokerage.write' | 'one-time state';
}

/** Every route of the package: one that is missing here fails a test, one that is here is attacked by several. */
export const ADMIN_ROUTES: readonly AdminRoute[] = [
  { route: 'POST /brokerage/ibkr/:id/test', opens: 'brokerage.write' },
  { route: 'POST /brokerage/schwab/:id/login/begin', opens: 'brokerage.write' },
  { route: 'POST /brokerage/schwab/:id/login/complete', opens: 'brokerage.write' },
  { route: 'GET /brokerage/schwab/:id/login', opens: 'brokerage.read' },
  { route: 'POST /brokerage/secrets/:id/probe', opens: 'brokerage.write' },
  { route: 'GET /brokerage/:id/diagnostics', opens: 'brokerage.read' },
  { route: 'GET /brokerage/ibkr/:id/secrets', opens: 'brokerage.read' },
  { route: 'POST /brokerage/ibkr/:id/secrets', opens: 'brokerage.write' },
  { route: 'POST /brokerage/ibkr/:id/secrets/move', opens: 'brokerage.write' },
  { route: 'GET /brokerage/schwab/:id/secrets', opens: 'brokerage.read' },
  { route: 'POST /brokerage/schwab/:id/secrets', opens: 'brokerage.write' },
  { route: 'POST /brokerage/schwab/:id/secrets/move', opens: 'brokerage.write' },
  { route: 'GET /brokerage/alert/:id/ready', opens: 'brokerage.read' },
  { route: 'POST /brokerage/alert/:id/check', opens: 'brokerage.write' },
  { route: 'POST /brokerage/alert/:id/send-test', opens: 'brokerage.write' },
  { route: 'GET /brokerage/schwab/callback', opens: 'one-time state' },
];

/** The routes that adminAuth and the guards protect. */
export const GUARDED_ROUTES = ADMIN_ROUTES.filter(({ opens }) => opens !== 'one-time state');
