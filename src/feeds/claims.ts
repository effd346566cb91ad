import { z } from 'zod';
import { parseJson } from '../secrets/json.js';

/** A level of the topics that another feed says is an account's of its own. */
export interface Claim {
  /** The other feed. */
  readonly instance: string;
  /** What Home Assistant knows the account by. */
  readonly device: string;
  /** Since when it has the name, ms since the epoch; Infinity = it does not say. */
  readonly since: number;
  /** When it said so last, ms since the epoch. */
  readonly at: number;
}

/** As much of the topic `connection` of an account as says whose it is. */
const Said = z.object({
  instance: z.string().regex(/^[a-z0-9_-]{1,64}$/),
  device: z.string().regex(/^[a-z0-9_-]{1,200}$/),
  name_since: z.iso.datetime().nullable(),
  ts_ms: z.number(),
});
const Owned = Said.pick({ instance: true });

/** Which feed has written a payload; null = it does not say. */
export function writerOf(text: string): string | null {
  return Owned.safeParse(parseJson(text)).data?.instance ?? null;
}

/**
 * What other feeds on the same MQTT broker say is theirs. Everybody hears everybody's claims, and of two who claim one name
 * it is the elder's, whoever looks at it.
 */
export class Claims {
  readonly #instance: string;
  /** level of the topics → who else says that it is its own */
  readonly #claims = new Map<string, Claim>();
  readonly #living = new Set<string>();
  /** Feeds that were there at any time since the start. */
  readonly #seen = new Set<string>();

  /** @param instance which of the feeds we are */
  constructor(instance: string) {
    this.#instance = instance;
  }

  /** Another connection tells all of it anew. */
  clear(): void {
    this.#claims.clear();
    this.#living.clear();
  }

  /** What stands in the topic of an account that says whose it is; `isHeld` = we say that it is ours. Returns whether that is news. */
  heard(
    name: string,
    text: string,
    { isHeld, isNew }: { readonly isHeld: boolean; readonly isNew: boolean },
  ): boolean {
    const said = Said.safeParse(parseJson(text)).data;
    const isOurs = said?.instance === this.#instance;
    // Of a name that we have given away, an echo of ours may be older than what its owner has put there.
    if (isOurs && !isHeld) return false;
    if (isOurs || said === undefined) return this.#claims.delete(name);
    const { device, instance, name_since: since, ts_ms: at } = said;
    if (isNew) this.#comes(instance);
    this.#claims.set(name, { instance, device, since: since === null ? Infinity : Date.parse(since), at });
    return true;
  }

  /** Whether another feed is there; its last will says when it is not. Returns whether that is news. */
  isThere(instance: string, status: string): boolean {
    return status === 'online' ? this.#comes(instance) : this.#living.delete(instance);
  }

  /**
   * The living feed that has this name rather than we do.
   * @param since when it became ours, ms since the epoch; null = it is not ours yet
   */
  rival(name: string, since: number | null): Claim | null {
    const claim = this.#claims.get(name);
    return claim !== undefined && this.#beats(claim, since) ? claim : null;
  }

  /** Whether somebody else says, or said when he was there last, that this name is his. */
  has(name: string): boolean {
    return this.#claims.has(name);
  }

  /** Whether nobody has this name, nor has had it at any time at which we were there, too: since then. */
  isFree(name: string, since: number): boolean {
    const claim = this.#claims.get(name);
    return claim === undefined || (!this.#seen.has(claim.instance) && claim.at < since);
  }

  /** Whether another living feed tells Home Assistant of this device rather than we do. */
  hasDevice(device: string, since: number | null): boolean {
    return [...this.#claims.values()].some((claim) => claim.device === device && this.#beats(claim, since));
  }

  #comes(instance: string): boolean {
    const isNews = !this.#living.has(instance);
    this.#living.add(instance);
    this.#seen.add(instance);
    return isNews;
  }

  #beats(claim: Claim, since: number | null): boolean {
    if (!this.#living.has(claim.instance)) return false;
    if (since === null || claim.since < since) return true;
    return claim.since === since && claim.instance < this.#instance;
  }
}
