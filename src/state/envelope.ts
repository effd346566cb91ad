import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../secrets/json.js';

const Envelope = z.object({ v: z.number(), checksum: z.string(), content: z.string() });

/** A text that tells whether it is whole, and which version of this package wrote it. */
export function sealed(version: number, content: string): string {
  return `${JSON.stringify({ v: version, checksum: checksumOf(content), content })}\n`;
}

/** What was sealed, as JSON; null when the text is damaged, or of another version. */
export function opened(version: number, text: string): unknown {
  const envelope = Envelope.safeParse(parseJson(text)).data;
  if (envelope === undefined || envelope.v !== version) return null;
  return checksumOf(envelope.content) === envelope.checksum ? parseJson(envelope.content) : null;
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
