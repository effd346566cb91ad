import type { Notice } from './encode/messages.js';

const FARMS = [
  [2104, 'Market data farm connection is OK:usfarm'],
  [2106, 'HMDS data farm connection is OK:ushmds'],
  [2158, 'Sec-def data farm connection is OK:secdefil'],
] as const;

/** What TWS says after message 9 (recorded). */
export const FARM_NOTICES: readonly Notice[] = FARMS.map(([code, text]) => ({ id: -1, code, text }));

const TEXTS: Readonly<Record<number, string>> = {
  1100: 'Connectivity between IBKR and Trader Workstation has been lost.',
  1101: 'Connectivity between IBKR and Trader Workstation has been restored - data lost.',
  1102: 'Connectivity between IBKR and Trader Workstation has been restored - data maintained. All data farms are connected: usfarm; ushmds; secdefil.',
  1300: 'TWS socket port has been reset and this connection is being dropped. Please reconnect on the new port -4002',
  2100: 'API client has been unsubscribed from account data.',
  2101: 'Unable to subscribe to account as the following clients are subscribed to a different account.',
  2103: 'Market data farm connection is broken:usfarm',
  2105: 'HMDS data farm connection is broken:ushmds',
  2107: 'HMDS data farm connection is inactive but should be available upon demand.ushmds',
  2110: 'Connectivity between Trader Workstation and server is broken. It will be restored automatically.',
  2157: 'Sec-def data farm connection is broken:secdefil',
};

/** The usual text of a code. */
export const noticeText = (code: number): string => TEXTS[code] ?? `Notice ${code}`;

export const READ_ONLY_TEXT =
  "Error validating request.-'bN' : cause - The API interface is currently in Read-Only mode.";
