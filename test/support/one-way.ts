import type { Clock } from '../../src/ports.js';
import type { Connection } from '../../src/runtime/connection.js';
import { Ladder } from '../../src/runtime/ladder.js';
import { Ways } from '../../src/runtime/ways.js';
import { MemoryLogger } from './memory-broker.js';

/** A ladder with one rung: whoever reads it reads this connection. */
export function oneWay(connection: Connection, clock: Clock): Ladder {
  const ways = new Ways({ first: connection, standbys: [], clock, logger: new MemoryLogger() });
  return new Ladder(connection, [ways], clock);
}
