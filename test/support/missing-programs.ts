import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Why what needs these programs cannot run here; null when it can. On CI a missing one is a failure, never a skip. */
export function missingPrograms(programs: readonly string[], packages: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return null;
  const why = `no ${missing.join(', ')} in the path (Debian: ${packages})`;
  if (process.env['CI'] === 'true') throw new Error(why);
  return why;
}
