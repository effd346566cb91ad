const BITS = 5;
const WIDTH = 1 << BITS;
const DEPTH = 4;

type Entry<Value> = readonly [key: string, value: Value];
type Leaf<Value> = { readonly entries: readonly Entry<Value>[] };
type Branch<Value> = { readonly children: readonly (Node<Value> | undefined)[] };
type Node<Value> = Leaf<Value> | Branch<Value>;

/**
 * A map that never changes: `with` and `without` give a new one and share nearly all of the old. A change costs the
 * same among ten entries and ten thousand, which copying a Map does not.
 */
export class PersistentMap<Value> {
  readonly size: number;
  readonly #root: Node<Value> | undefined;

  private constructor(root: Node<Value> | undefined, size: number) {
    this.#root = root;
    this.size = size;
  }

  static of<Value>(entries: Iterable<Entry<Value>> = []): PersistentMap<Value> {
    let map = new PersistentMap<Value>(undefined, 0);
    for (const [key, value] of entries) map = map.with(key, value);
    return map;
  }

  get(key: string): Value | undefined {
    let node = this.#root;
    let hash = hashOf(key);
    while (node !== undefined && 'children' in node) {
      node = node.children[hash & (WIDTH - 1)];
      hash >>>= BITS;
    }
    return node?.entries.find(([own]) => own === key)?.[1];
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  with(key: string, value: Value): PersistentMap<Value> {
    const before = this.get(key);
    if (before === value) return this;
    const root = replaced(this.#root, { key, hash: hashOf(key), depth: 0 }, value);
    return new PersistentMap(root, before === undefined ? this.size + 1 : this.size);
  }

  without(key: string): PersistentMap<Value> {
    if (!this.has(key)) return this;
    const root = replaced(this.#root, { key, hash: hashOf(key), depth: 0 }, undefined);
    return new PersistentMap(root, this.size - 1);
  }

  *entries(): Generator<Entry<Value>> {
    if (this.#root !== undefined) yield* entriesOf(this.#root);
  }

  [Symbol.iterator](): Generator<Entry<Value>> {
    return this.entries();
  }
}

interface Place {
  readonly key: string;
  readonly hash: number;
  readonly depth: number;
}

/** The node with this key's value, or without the key when there is none. */
function replaced<Value>(
  node: Node<Value> | undefined,
  { depth, hash, key }: Place,
  value: Value | undefined,
): Node<Value> {
  if (depth === DEPTH) {
    const others = node !== undefined && 'entries' in node ? node.entries.filter(([own]) => own !== key) : [];
    return { entries: value === undefined ? others : [...others, [key, value]] };
  }
  const slot = hash & (WIDTH - 1);
  const children = node !== undefined && 'children' in node ? node.children.slice() : [];
  children[slot] = replaced(children[slot], { key, hash: hash >>> BITS, depth: depth + 1 }, value);
  return { children };
}

function* entriesOf<Value>(node: Node<Value>): Generator<Entry<Value>> {
  if ('entries' in node) yield* node.entries;
  else for (const child of node.children) if (child !== undefined) yield* entriesOf(child);
}

/** FNV-1a, 32 bits, mixed once more so that the low bits depend on all of the text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
