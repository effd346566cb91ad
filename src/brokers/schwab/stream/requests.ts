import type { StreamLogin } from './state.js';

/** Of ADMIN: LOGIN, LOGOUT. Of ACCT_ACTIVITY: SUBS. */
export type Command = 'LOGIN' | 'SUBS' | 'LOGOUT';

/**
 * The text of a command. The guide's table spells the service ACCOUNT_ACTIVITY and asks for field 0; its
 * example and every recorded stream are as here. The key is any text, and one key covers all linked accounts.
 */
export function requestText(command: Command, requestId: string, login: StreamLogin): string {
  const request = {
    requestid: requestId,
    service: command === 'SUBS' ? 'ACCT_ACTIVITY' : 'ADMIN',
    command,
    SchwabClientCustomerId: login.customerId,
    SchwabClientCorrelId: login.correlId,
    parameters: parametersOf(command, login),
  };
  return JSON.stringify({ requests: [request] });
}

function parametersOf(command: Command, login: StreamLogin): Readonly<Record<string, string>> {
  switch (command) {
    case 'LOGIN':
      return {
        Authorization: login.accessToken, // without "Bearer"
        SchwabClientChannel: login.channel,
        SchwabClientFunctionId: login.functionId,
      };
    case 'SUBS':
      return { keys: 'Account Activity', fields: '0,1,2,3' };
    case 'LOGOUT':
      return {};
  }
}
