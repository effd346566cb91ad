const LONGEST = 60;

/** A name as one level of a topic and as part of an entity id: `[a-z0-9_]`; '' when nothing of it can stand there. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, LONGEST)
    .replaceAll(/^_+|_+$/g, '');
}

/** A key of ours as part of a topic; keys are made so that they can stand there, and whatever is not is spelt out. */
export function safeKey(key: string): string {
  return key.replaceAll(/[^a-z0-9_-]/gu, (letter) => `-${(letter.codePointAt(0) ?? 0).toString(16)}-`);
}
