import { load } from 'js-yaml';
import { z } from 'zod';
import { filesIn, read } from './files.js';

const Permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const Step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
});
const Job = z.looseObject({
  needs: z.string().optional(),
  uses: z.string().optional(),
  permissions: Permissions.default({}),
  'timeout-minutes': z.number().optional(),
  container: z.strictObject({ image: z.string(), options: z.string().optional() }).optional(),
  steps: z.array(Step).default([]),
  strategy: z.looseObject({ matrix: z.record(z.string(), z.array(z.unknown())) }).optional(),
});
const Workflow = z.looseObject({
  name: z.string(),
  permissions: Permissions,
  jobs: z.record(z.string(), Job),
});
export type Job = z.infer<typeof Job>;

/** The workflows of GitHub Actions, each with its text. */
export const workflows = filesIn('.github/workflows').map((path) => ({
  path,
  text: read(path),
  ...Workflow.parse(load(read(path))),
}));

/** Every job of every workflow, under `ci.yml/nodes`. */
export const jobs: ReadonlyMap<string, Job> = new Map(
  workflows.flatMap(({ path, jobs: ofOne }) =>
    Object.entries(ofOne).map(([name, job]) => [`${path.split('/').at(-1)}/${name}`, job] as const),
  ),
);
