import type { MarketView } from '../../market/types.js';
import type { Desk } from '../desk.js';
import type { Fields } from '../fields.js';
import type { ApiSession } from '../client.js';

/** Answers one kind of request. */
export type Handler = (fields: Fields, session: ApiSession, desk: Desk) => void;

/** Empty and `All` mean every account; a name nobody has means none. */
export const accountsNamed = (view: MarketView, name: string): readonly string[] =>
  name === '' || name === 'All' ? view.accounts : view.accounts.filter((account) => account === name);

export const refuseAccount = (session: ApiSession, id: string, account: string): void =>
  session.error({
    id,
    code: 321,
    text: `Error validating request.-'bO' : cause - Invalid account code '${account}'.`,
  });
