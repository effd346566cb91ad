import { ProtocolError } from '../../errors.js';

/** The rows of an answer that is a list. @throws ProtocolError */
export function asRows(answer: unknown, what: string): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new ProtocolError(`Schwab sent no list where ${what} should be. Retrying.`, {
    broker: 'schwab',
    code: 'bad-response',
  });
}
