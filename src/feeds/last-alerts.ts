import type { AlertMessage } from '../alerts/text/message.js';
import { alertEvent } from './alert-event.js';
import { textOf, type Leaf, type Privacy } from './leaf.js';
import type { Topics } from './topics.js';

export interface LastAlertOptions {
  readonly topics: Topics;
  readonly privacy: Privacy;
  /** The level of an account in the topics by its key; null = it has none. */
  readonly nameOf: (accountKey: string) => string | null;
}

/** The alert that was told last of each account, and of none or several: it moves with its account to another name. */
export class LastAlerts {
  readonly #options: LastAlertOptions;
  /** account key, null = about none or several → the alert, and when it was told, ms since the epoch */
  readonly #alerts = new Map<string | null, { readonly message: AlertMessage; readonly at: number }>();

  constructor(options: LastAlertOptions) {
    this.#options = options;
  }

  /** Keeps an alert, and returns it as it is published now. */
  take(message: AlertMessage, at: number): { readonly topic: string; readonly text: string } {
    const { nameOf, topics } = this.#options;
    const key = message.alert.account?.key ?? null;
    const name = key === null ? null : nameOf(key);
    this.#alerts.set(name === null ? null : key, { message, at });
    const topic = name === null ? topics.bridge('alerts') : topics.account(name, 'alerts');
    return { topic, text: this.#text(message, name, at) };
  }

  forget(accountKey: string): void {
    this.#alerts.delete(accountKey);
  }

  /** topic → what it is to hold */
  leaves(): readonly (readonly [string, Leaf])[] {
    const { nameOf, topics } = this.#options;
    return [...this.#alerts].map(([key, { at, message }]) => {
      const name = key === null ? null : nameOf(key);
      const text = this.#text(message, name, at);
      const topic = name === null ? topics.bridge('last_alert') : topics.account(name, 'last_alert');
      return [topic, { text, news: text, at, beats: false }];
    });
  }

  #text(message: AlertMessage, name: string | null, at: number): string {
    const { privacy, topics } = this.#options;
    return textOf(alertEvent(message, { account: name, instance: topics.instance, privacy }), at);
  }
}
