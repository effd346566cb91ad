/** What the simulated app is registered with; as long as Schwab's own. */
export const SIMULATED_APP_KEY = 'simulated-app-key-32-characters-';
export const SIMULATED_APP_SECRET = 'simulated-secret';
export const SIMULATED_CALLBACK = 'https://127.0.0.1';
