export { DEFAULT_RULES, type DefaultRule } from './defaults.js';
export type { AlertSettings } from './draft.js';
export { engineOf, stateOf, type Engine } from './engine-value.js';
export {
  withAck,
  withoutSilence,
  withRules,
  withSample,
  withSilence,
  withTick,
  type Meant,
  type Stepped,
} from './engine.js';
export { listing, type Listed } from './listing.js';
export { previewOf, type Preview } from './preview.js';
export { METRICS, type Metric, type Unit } from './metrics.js';
export { EVENT_METRICS, NUMBER_METRICS, type MetricName } from './metric-names.js';
export { ruleBook, type RuleBook } from './rule-book.js';
export type { Sample, SampledAccount, SampledStatus, Trust } from './sample.js';
export { parseQuietHours, type QuietHours } from './schema/quiet-hours.js';
export { parseRule, parseRules, type Rule } from './schema/rule.js';
export { EMPTY_ENGINE_STATE, EngineState } from './schema/state.js';
export { oneLine, plainText } from './text/inert.js';
export type { Alert, AlertMessage } from './text/message.js';
export { sentenceOf } from './text/sentence.js';
