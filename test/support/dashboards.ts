import { readFileSync } from 'node:fs';
import { z } from 'zod';

const FOLDER = new URL('../../../grafana/dashboards/', import.meta.url);
const Target = z.looseObject({
  refId: z.string(),
  query: z.string().optional(),
  expr: z.string().optional(),
  range: z.boolean().default(false),
});
export type Target = z.infer<typeof Target>;
const Panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  repeat: z.string().optional(),
  targets: z.array(Target).default([]),
  fieldConfig: z.looseObject({ defaults: z.looseObject({ noValue: z.string().optional() }) }).optional(),
});
export type Panel = z.infer<typeof Panel>;
const Variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  regex: z.string().optional(),
  query: z.union([z.string(), z.looseObject({ query: z.string() })]),
});
const Dashboard = z.looseObject({
  uid: z.string(),
  schemaVersion: z.number(),
  panels: z.array(Panel),
  templating: z.object({ list: z.array(Variable) }),
  annotations: z.object({ list: z.array(z.looseObject({ target: Target })) }),
});
export type Dashboard = z.infer<typeof Dashboard>;

export type StoreName = 'influxdb' | 'prometheus';

/** A dashboard as users import it. */
export function dashboard(store: StoreName): Dashboard {
  return Dashboard.parse(JSON.parse(dashboardText(store)));
}

export function dashboardText(store: StoreName): string {
  return readFileSync(new URL(`brokerage-${store}.json`, FOLDER), 'utf8');
}

/** What a viewer has chosen; `at` is the end of an hour, ms since the epoch. */
export interface View {
  readonly account: string;
  readonly currency: string;
  readonly at: number;
}

const HOUR_MS = 3_600_000;

/** The question that Grafana asks for this viewer. */
export function asked({ expr, query }: Pick<Target, 'expr' | 'query'>, view: View): string {
  const values: Readonly<Record<string, string>> = {
    '${account:regex}': view.account,
    $account: view.account,
    $currency: view.currency,
    $timeFilter: `time >= ${view.at - HOUR_MS}ms and time <= ${view.at}ms`,
    '${__to}': String(view.at),
    $__interval: '1m',
  };
  const question = Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(name, value),
    expr ?? query ?? '',
  );
  // The end of a regular expression is the one that may stay.
  if (/\$(?!\/)/.test(question)) throw new Error(`a variable is left in ${question}`);
  return question;
}
