import { escapeText, type Fields } from '../fields.js';

export interface Notice {
  /** -1 = to nobody's request */
  readonly id: number | string;
  readonly code: number;
  readonly text: string;
  readonly rejectJson?: string;
}

/** Message 4; its shape changed at 166 and 194. */
export const errorFields = ({ id, code, text, rejectJson = '' }: Notice, serverVersion: number): Fields => {
  const message = serverVersion >= 153 ? escapeText(text) : text;
  if (serverVersion >= 194) return ['4', String(id), String(code), message, rejectJson, String(Date.now())];
  return ['4', '2', String(id), String(code), message, ...(serverVersion >= 166 ? [rejectJson] : [])];
};

export const managedAccounts = (accounts: readonly string[]): Fields => ['15', '1', accounts.join(',')];
export const nextValidId = (orderId: number): Fields => ['9', '1', String(orderId)];
export const currentTime = (at: number): Fields => ['49', '1', String(Math.floor(at / 1000))];
export const updateAccountTime = (time: string): Fields => ['8', '1', time];
export const accountDownloadEnd = (account: string): Fields => ['54', '1', account];
export const OPEN_ORDER_END: Fields = ['53', '1'];
export const POSITION_END: Fields = ['62', '1'];
export const COMPLETED_ORDERS_END: Fields = ['102'];
export const executionsEnd = (requestId: string): Fields => ['55', '1', requestId];
export const summaryEnd = (requestId: string): Fields => ['64', '1', requestId];
export const positionMultiEnd = (requestId: string): Fields => ['72', '1', requestId];
export const accountMultiEnd = (requestId: string): Fields => ['74', '1', requestId];
