/** What a code of the Flex Web Service asks for. */
export type Reaction =
  /** Something is not ready: ask for everything anew, later. */
  | 'retry'
  /** Ask for everything anew a few times, then only the user can help. */
  | 'retry-a-few-times'
  /** The statement is being made: ask for it again. */
  | 'in-progress'
  /** The statement that was being made is not known any more: ask for another one, once. */
  | 'new-reference'
  | 'too-many'
  | 'locked'
  /** Nothing changes until the user changes something. */
  | 'configuration';

export interface FlexCode {
  readonly reaction: Reaction;
  /** What it means and what to do. */
  readonly sentence: string;
}

const PLACE = 'Client Portal → Performance & Reports → Flex Queries';
const SERVICE = `${PLACE} → Flex Web Service Configuration`;

const retry = (sentence: string): FlexCode => ({ reaction: 'retry', sentence: `${sentence} Retrying.` });
const configuration = (sentence: string): FlexCode => ({ reaction: 'configuration', sentence });

/**
 * IBKR's table of error codes (Flex Web Service version 3, "Error codes"), and 1025, which two public projects met. The
 * class of each is ours: what a person can mend stops the requests, since failed ones lock a token.
 */
const CODES: ReadonlyMap<string, FlexCode> = new Map([
  ['1001', retry('IBKR cannot make the statement at the moment.')],
  [
    '1003',
    {
      reaction: 'retry-a-few-times',
      sentence: `IBKR has no statement for the Flex query. In ${PLACE}, set the period of the query to “Last Business Day”; an account that was opened today has a statement from tomorrow.`,
    },
  ],
  ['1004', retry('The statement is not complete yet at IBKR.')],
  ['1005', retry('IBKR has not finished the settlement data of the statement.')],
  ['1006', retry('IBKR has not finished the FIFO profit and loss of the statement.')],
  ['1007', retry('IBKR has not finished the mark-to-market profit and loss of the statement.')],
  ['1008', retry('IBKR has not finished the profit and loss of the statement.')],
  ['1009', retry('IBKR is under heavy load and cannot make the statement at the moment.')],
  [
    '1010',
    configuration(
      `The Flex query is a legacy one, which IBKR no longer runs. Make an Activity Flex Query in ${PLACE}, and enter its id.`,
    ),
  ],
  ['1011', configuration(`The Flex Web Service is not active. Activate it in ${SERVICE}.`)],
  [
    '1012',
    configuration(
      `The token has expired. Make a new one in ${SERVICE}, for up to a year, and enter it here; it voids the old one everywhere.`,
    ),
  ],
  [
    '1013',
    configuration(
      `The token is bound to another IP address than this machine's. In ${SERVICE}, make a token for this address or for any.`,
    ),
  ],
  [
    '1014',
    configuration(
      `The id of the Flex query is not valid. Compare it with the one in ${PLACE}; token and query must be of the same user name.`,
    ),
  ],
  [
    '1015',
    configuration(
      `The token is not valid. A newer one voids it: make one in ${SERVICE}, and enter it wherever it is used.`,
    ),
  ],
  [
    '1016',
    configuration(
      `An account of the Flex query is not valid. Choose its accounts anew in ${PLACE}; a closed one may be among them.`,
    ),
  ],
  [
    '1017',
    {
      reaction: 'new-reference',
      sentence: `IBKR twice did not know the statement that it had just begun. Run the query once in ${PLACE} and see whether it works there, then deploy again.`,
    },
  ],
  [
    '1018',
    {
      reaction: 'too-many',
      sentence:
        'IBKR has had too many requests with this token: one a second and ten a minute are allowed. Does another program use the same token?',
    },
  ],
  ['1019', { reaction: 'in-progress', sentence: 'IBKR is still making the statement.' }],
  [
    '1020',
    configuration(
      `IBKR cannot validate the request. Check token and id of the Flex query against ${PLACE}, and the address of the service, which is best left empty.`,
    ),
  ],
  ['1021', retry('IBKR cannot hand out the statement at the moment.')],
  [
    '1025',
    {
      reaction: 'locked',
      sentence: `IBKR has locked the token for some hours after too many failed requests. Find out what else uses it, or make a new one in ${SERVICE}.`,
    },
  ],
]);

/** null = a code that nobody has explained. */
export function flexCode(code: string): FlexCode | null {
  return CODES.get(code) ?? null;
}
