import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from './json.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 32;
/** The length that GCM is made for (NIST SP 800-38D, 5.2.1.1). */
const IV_BYTES = 12;
/** Parts the keys of this use from those of any other that begins with the same secret. */
const PURPOSE = 'node-red-brokerage sealed file 1';

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const SealedText = z.object({ v: z.literal(1), salt: base64, iv: base64, tag: base64, data: base64 });

/** The text, readable only with the secret; every call gives another result. */
export function seal(text: string, secret: string): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyFrom(secret, salt), iv);
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const parts = { salt, iv, tag: cipher.getAuthTag(), data };
  const encoded = Object.entries(parts).map(([name, bytes]) => [name, bytes.toString('base64')]);
  return `${JSON.stringify({ v: 1, ...Object.fromEntries(encoded) })}\n`;
}

/** The text that was sealed; null when it was sealed with another secret, or is damaged. */
export function unseal(sealed: string, secret: string): string | null {
  const parts = SealedText.safeParse(parseJson(sealed));
  if (!parts.success) return null;
  const { data, iv, salt, tag } = parts.data;
  try {
    const decipher = createDecipheriv(CIPHER, keyFrom(secret, salt), iv).setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
  } catch {
    // Node says only "unable to authenticate data", whichever of the two it is.
    return null;
  }
}

function keyFrom(secret: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, PURPOSE, KEY_BYTES));
}
