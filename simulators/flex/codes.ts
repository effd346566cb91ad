const AGAIN = 'Please try again shortly.';

/** IBKR's words for its codes; 1025 as two public projects met it. */
const MESSAGES: ReadonlyMap<number, string> = new Map([
  [1001, `Statement could not be generated at this time. ${AGAIN}`],
  [1003, 'Statement is not available.'],
  [1004, `Statement is incomplete at this time. ${AGAIN}`],
  [1005, `Settlement data is not ready at this time. ${AGAIN}`],
  [1006, `FIFO P/L data is not ready at this time. ${AGAIN}`],
  [1007, `MTM P/L data is not ready at this time. ${AGAIN}`],
  [1008, `MTM and FIFO P/L data is not ready at this time. ${AGAIN}`],
  [1009, `The server is under heavy load. Statement could not be generated at this time. ${AGAIN}`],
  [1010, 'Legacy Flex Queries are no longer supported. Please convert over to Activity Flex.'],
  [1011, 'Service account is inactive.'],
  [1012, 'Token has expired.'],
  [1013, 'IP restriction.'],
  [1014, 'Query is invalid.'],
  [1015, 'Token is invalid.'],
  [1016, 'Account in invalid.'],
  [1017, 'Reference code is invalid.'],
  [1018, `Too many requests have been made from this token. ${AGAIN}`],
  [1019, `Statement generation in progress. ${AGAIN}`],
  [1020, 'Invalid request or unable to validate request.'],
  [1021, `Statement could not be retrieved at this time. ${AGAIN}`],
  [1025, 'Token has been locked after too many failed attempts.'],
]);

/** The service says these without calling them failures. */
const WARNINGS: ReadonlySet<number> = new Set([1019, 1025]);

export const messageOf = (code: number): string => MESSAGES.get(code) ?? `Error ${code}.`;
export const statusOf = (code: number): 'Warn' | 'Fail' => (WARNINGS.has(code) ? 'Warn' : 'Fail');
