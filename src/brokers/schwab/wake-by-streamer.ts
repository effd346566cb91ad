import { ProtocolError } from '../../errors.js';
import type { BrokerSession, Chance, Clock, RefreshRequest, SessionEvents } from '../../ports.js';
import type { SchwabApi } from './api.js';
import { endpoints } from './endpoints.js';
import { readStreamerInfo } from './schema/user-preference.js';
import type { SchwabSession } from './session.js';
import { Streamer, type StreamLogin, type StreamState } from './stream/streamer.js';
import type { Tokens } from './tokens.js';

export interface StreamerNeeds {
  readonly api: SchwabApi;
  readonly tokens: Pick<Tokens, 'access' | 'accessInsteadOf'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: SessionEvents;
}

/** So many messages without one that has the form we know mean that Schwab has changed it. */
const ENOUGH_TO_JUDGE = 20;

/** The session, asked again at once when Schwab's streamer says that something happened. */
export function wakeBy(needs: StreamerNeeds, session: SchwabSession): BrokerSession {
  const closing = new AbortController();
  const limits = new Limits(needs.events);
  let wasAsked = false;
  let wasOpen = false;
  const streamer = new Streamer({
    clock: needs.clock,
    chance: needs.chance,
    login: async (refusedToken) => await loginOf(needs, refusedToken, closing.signal),
    wake: () => {
      // The first question is the reader's.
      if (wasAsked) session.wake();
    },
    tell: (state) => {
      limits.tell(state);
      if (state.kind === 'waiting' && wasOpen && wasAsked) session.check();
      wasOpen = state.kind === 'open';
    },
  });
  streamer.start();
  return {
    get accounts() {
      return session.accounts;
    },
    nextLookMs: (ceilingMs) => session.nextLookMs(ceilingMs),
    refresh: async (request: RefreshRequest) => {
      wasAsked = true;
      await session.refresh(request);
    },
    close: async () => {
      closing.abort();
      await Promise.all([streamer.close(), session.close()]);
    },
  };
}

/** @throws BrokerageError */
async function loginOf(
  { api, tokens }: StreamerNeeds,
  refusedToken: string | null,
  signal: AbortSignal,
): Promise<StreamLogin> {
  const accessToken =
    refusedToken === null ? await tokens.access() : await tokens.accessInsteadOf(refusedToken);
  const info = readStreamerInfo(await api.get(endpoints.userPreference(), signal));
  if (info === null)
    throw new ProtocolError('Schwab does not say where its streamer is. Polling goes on.', {
      broker: 'schwab',
      code: 'bad-response',
    });
  return {
    url: info.streamerSocketUrl,
    customerId: info.schwabClientCustomerId,
    correlId: info.schwabClientCorrelId,
    channel: info.schwabClientChannel,
    functionId: info.schwabClientFunctionId,
    accessToken,
  };
}

/** Says what the user wanted and does not get: polling goes on without the streamer, but not as quickly. */
class Limits {
  readonly #events: SessionEvents;
  #said: string | null = null;

  constructor(events: SessionEvents) {
    this.#events = events;
  }

  tell(state: StreamState): void {
    const reason = reasonOf(state);
    if (reason === undefined || reason === this.#said) return;
    this.#said = reason;
    this.#events.update({ kind: 'link', state: reason === null ? 'up' : 'limited', reason });
  }
}

/** undefined = nothing to say; a reconnect takes seconds and needs nobody. */
function reasonOf(state: StreamState): string | null | undefined {
  switch (state.kind) {
    case 'connecting':
    case 'waiting':
      return undefined;
    case 'open':
      return state.received >= ENOUGH_TO_JUDGE && state.understood === 0
        ? `None of the ${state.received} messages of Schwab's streamer had a form that is known. Polling goes on.`
        : null;
    case 'stopped':
      return state.reason;
  }
}
