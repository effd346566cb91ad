import { z } from 'zod';
import { field } from '../config-field.js';
import { asText, oneOf, text, trueOrFalse, wholeNumber } from '../config-values.js';

const version = wholeNumber({
  name: 'version',
  fallback: 1,
  from: 1,
  to: 1,
  because: 'a higher one was saved by a newer version of the package, so update it',
});

const QOS = [0, 1, 2] as const;
const LONGEST_PREFIX = 100;

/** The first levels of topics; slashes at the ends are forgiven. */
function prefix(name: string, fallback: string) {
  return field<string>({
    name,
    fallback,
    read: (raw) => {
      const word = asText(raw)?.replaceAll(/^\/+|\/+$/g, '') ?? '';
      const fits =
        word.length <= LONGEST_PREFIX && /^[^\s/+#$\0][^+#\0]*$/u.test(word) && !word.includes('//');
      return fits
        ? { right: word }
        : { wrong: `it must be a topic of at most ${LONGEST_PREFIX} characters, without + and #` };
    },
  });
}

const Saved = z.object({
  version,
  name: text('name', ''),
  /** Id of an mqtt-broker node, '' when none is chosen yet. */
  broker: text('broker', ''),
  topicPrefix: prefix('topicPrefix', 'brokerage'),
  homeAssistant: trueOrFalse('homeAssistant', true),
  discoveryPrefix: prefix('discoveryPrefix', 'homeassistant'),
  qos: wholeNumber({ name: 'qos', fallback: 1, from: 0, to: 2 }).transform((qos) => QOS[qos] ?? 1),
  privacy: oneOf('privacy', ['amounts', 'relative']),
});

/** An MQTT feed as the editor saves it. */
export type MqttFeedConfig = Readonly<z.infer<typeof Saved>>;

export type ConfigOrWrong = { readonly config: MqttFeedConfig } | { readonly wrong: string };

/** The sentence names each property that does not fit. */
export function mqttFeedConfig(saved: unknown): ConfigOrWrong {
  const parsed = Saved.safeParse(saved);
  if (parsed.success) return { config: parsed.data };
  return { wrong: parsed.error.issues.map(({ message }) => message).join('; ') };
}
