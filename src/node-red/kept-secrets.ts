import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { sentenceOf } from '../errors.js';
import type { KeychainItem, Secrets } from '../secrets/keychain/item.js';
import { resolvedSecrets } from './resolved-secrets.js';
import { saidInLog } from './said.js';
import type { SecretStoreName } from './secret-places.js';

export interface KeptSecretsQuestion {
  readonly nodeId: string;
  readonly store: SecretStoreName;
  /** Names of the credentials: `appKey`, `appSecret`. */
  readonly names: readonly string[];
  readonly item: KeychainItem;
  /** Nothing was read yet since Node-RED was started. */
  readonly isFirst: boolean;
}

const Credentials = z.record(z.string(), z.unknown()).nullish();

/**
 * The secrets of a connection from where its user wants them. What lies in the other place is brought along: written,
 * read back, and only then removed there.
 * @throws ConfigError when the keychain cannot be read
 */
export async function keptSecrets(RED: NodeAPI, question: KeptSecretsQuestion): Promise<Secrets> {
  const secrets =
    question.store === 'keychain' ? await inKeychain(RED, question) : await inNodeRed(RED, question);
  return await resolvedSecrets(RED, question, secrets);
}

/** As `keptSecrets` for a dialog that may be cancelled: looks in both places, and moves nothing. @throws ConfigError */
export async function secretsForDialog(RED: NodeAPI, question: KeptSecretsQuestion): Promise<Secrets> {
  const { item, names, store } = question;
  const entered = enteredCredentials(RED, question);
  const isEnough = store === 'node-red' && names.every((name) => entered[name] !== undefined);
  const kept = isEnough || !(await item.isUsed()) ? {} : await item.read();
  const both = store === 'keychain' ? { ...entered, ...kept } : { ...kept, ...entered };
  return await resolvedSecrets(RED, question, both);
}

/** Values that were entered, as Node-RED keeps them: a placeholder is still one. */
export function enteredCredentials(
  RED: NodeAPI,
  { names, nodeId }: Pick<KeptSecretsQuestion, 'names' | 'nodeId'>,
): Secrets {
  const known = credentialsOf(RED, nodeId);
  const entered = names.flatMap((name) => {
    const value = known[name];
    return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()] as const] : [];
  });
  return Object.fromEntries(entered);
}

/** Takes these out of Node-RED's credentials; its file follows with the next deploy. */
export async function withdrawCredentials(
  RED: NodeAPI,
  { names, nodeId }: Pick<KeptSecretsQuestion, 'names' | 'nodeId'>,
): Promise<void> {
  const all = Object.entries(credentialsOf(RED, nodeId));
  const left = all.filter(([name]) => !names.includes(name));
  if (left.length < all.length) await RED.nodes.addCredentials(nodeId, Object.fromEntries(left));
}

function credentialsOf(RED: NodeAPI, nodeId: string): Readonly<Record<string, unknown>> {
  const parsed = Credentials.safeParse(RED.nodes.getCredentials(nodeId));
  return parsed.success ? (parsed.data ?? {}) : {};
}

async function inKeychain(RED: NodeAPI, question: KeptSecretsQuestion): Promise<Secrets> {
  const { isFirst, item, nodeId } = question;
  const entered = enteredCredentials(RED, question);
  if (Object.keys(entered).length === 0) return await item.read();
  // They came with a deploy past the dialog, such as one by the admin API.
  // At the start they may be the copy that an earlier move left in Node-RED's file: older than what is kept.
  await item.enter(entered, isFirst ? 'kept' : 'entered');
  await withdrawCredentials(RED, question);
  saidInLog(RED).warn(
    `Brokerage: the secrets of ${nodeId} were moved to the system keychain. An encrypted copy stays in Node-RED's credentials file until the next deploy.`,
  );
  return await item.read();
}

async function inNodeRed(RED: NodeAPI, question: KeptSecretsQuestion): Promise<Secrets> {
  const { item, names, nodeId } = question;
  const entered = enteredCredentials(RED, question);
  const left = (await item.names()).filter((name) => names.includes(name));
  if (left.length === 0) return entered;
  const missing = left.filter((name) => entered[name] === undefined);
  if (missing.length === 0) {
    await forget(RED, item, left);
    return entered;
  }
  const kept = await item.read();
  const brought = Object.fromEntries(missing.map((name) => [name, kept[name] ?? '']));
  // The keychain's copy goes at the next start, when Node-RED has them on its disk.
  await RED.nodes.addCredentials(nodeId, { ...entered, ...brought });
  return { ...entered, ...brought };
}

async function forget(RED: NodeAPI, item: KeychainItem, names: readonly string[]): Promise<void> {
  try {
    // A login that has gone with the rest is made again; it need not be asked for any more.
    if ((await item.drop(names)) === 'gone') await item.remove();
  } catch (error) {
    saidInLog(RED).warn(
      `Brokerage: an old copy of secrets stays in the system keychain: ${sentenceOf(error)}`,
    );
  }
}
