import { z } from 'zod';
import type { SecretStore } from '../ports.js';
import { Redactor } from '../redaction/redactor.js';
import { parseJson } from '../secrets/json.js';

/** What no log line, status, message, error or answer may hold; one for the whole process. */
export const knownSecrets = new Redactor();

const TextList = z.array(z.unknown());
const TextRecord = z.record(z.string(), z.unknown());
/** Codes come alone or in an address: `C0.<base64>.<base64>@` (see the reader of pasted addresses). */
const BARE_CODE = /^[\w.~+/=-]{20,}(@|%40)?$/;
const CODE_IN_ADDRESS = /(?:^|[?&])code=([^&#]+)/g;

/** A store whose secrets are known as soon as they are read, and before they are written. */
export function remembering(store: SecretStore): SecretStore {
  return {
    ...store,
    read: async () => {
      const text = await store.read();
      if (text !== null) rememberTexts(parseJson(text) ?? text);
      return text;
    },
    write: async (text) => {
      rememberTexts(parseJson(text) ?? text);
      await store.write(text);
    },
  };
}

/** The code in what the user pasted, or the browser brought back. */
export function rememberCode(pasted: string): void {
  const text = pasted.replaceAll(/\s+/g, '');
  if (BARE_CODE.test(text)) knownSecrets.passing(text.replace(/%40$/i, '@'));
  for (const [, code = ''] of text.matchAll(CODE_IN_ADDRESS)) {
    knownSecrets.passing(code);
    knownSecrets.passing(new URLSearchParams(`code=${code}`).get('code') ?? '');
  }
}

function rememberTexts(value: unknown): void {
  if (typeof value === 'string') return knownSecrets.passing(value);
  const list = TextList.safeParse(value);
  const record = TextRecord.safeParse(value);
  const inner = list.success ? list.data : Object.values(record.success ? record.data : {});
  for (const each of inner) rememberTexts(each);
}
