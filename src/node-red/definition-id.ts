import { z } from 'zod';

const Instance = z.object({ _alias: z.string() }).transform((config) => config['_alias']);

/** The id by which the editor knows a node; within an instance of a subflow, it runs under another. */
export function definitionId(id: string, config: unknown): string {
  return Instance.safeParse(config).data ?? id;
}
