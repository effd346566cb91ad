import { readFile } from 'node:fs/promises';
import type { NodeAPI } from 'node-red';
import { ConfigError, sentenceOf } from '../errors.js';
import type { Secrets } from '../secrets/keychain/item.js';
import { knownSecrets } from './known-secrets.js';
import { resolvePlaceholders, variableOf } from './placeholders.js';

/** Known to the redactor from here on. `${NAME}` from the environment; where only `NAME_FILE` is set, from that file, as Docker's secrets are given. */
export async function resolvedSecrets(
  RED: NodeAPI,
  { names, nodeId }: { readonly names: readonly string[]; readonly nodeId: string },
  secrets: Secrets,
): Promise<Secrets> {
  const values = Object.entries(resolvePlaceholders(RED, nodeId, secrets));
  const wanted = values.filter(([name]) => names.includes(name));
  const done = await Promise.all(
    wanted.map(async ([name, value]) => {
      const variable = variableOf(value);
      const file =
        variable === null ? null : RED.util.getSetting(RED.nodes.getNode(nodeId), `${variable}_FILE`);
      const text = typeof file === 'string' && file !== '' ? await textIn(file, `${variable}_FILE`) : value;
      if (variableOf(text) === null) knownSecrets.secret(String(text));
      return [name, String(text)] as const;
    }),
  );
  return Object.fromEntries(done);
}

async function textIn(file: string, variable: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new ConfigError(`${variable} is ${file}, which cannot be read: ${sentenceOf(error)}`, {
      broker: 'files',
      code: 'secret-file',
      retrySlowly: true,
    });
  }
}
