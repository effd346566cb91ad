import { readFileSync } from 'node:fs';

// Interfaces of TypeScript as tables. Read from the text of their files, in the form that prettier gives them; whatever
// has another form is refused, so that no field is left out in silence.

/** Interfaces and types of these files, by name. */
export function typesIn(paths) {
  const text = paths.map((path) => readFileSync(path, 'utf8')).join('\n');
  const bodies = new Map();
  for (const [, name, body] of text.matchAll(/^(?:export )?interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
    if (bodies.has(name)) throw new Error(`Two files say what ${name} is.`);
    bodies.set(name, body);
  }
  const aliases = new Map();
  for (const [, name, type] of text.matchAll(/^export type (\w+) =([^;{]+);/gm)) {
    if (aliases.has(name)) throw new Error(`Two files say what ${name} is.`);
    aliases.set(name, flat(type));
  }
  const lists = new Map();
  for (const [, name, words] of text.matchAll(/^export const (\w+) = \[([^\]]*)\] as const;/gm))
    lists.set(
      name,
      [...words.matchAll(/'([^']+)'/g)].map(([, word]) => word),
    );
  return {
    has: (name) => bodies.has(name),
    fieldsOf: (name) => fieldsIn(bodies.get(name) ?? '', name),
    aliases,
    lists,
  };
}

/** The fields of an interface with their nested ones: `{ name, type, text }`; `sync.kind` is a nested name. */
export function fieldsIn(body, owner) {
  const fields = [];
  let doc = [];
  let open = null;
  for (const line of body.split('\n')) {
    const inDoc = doc.length > 0 && !doc.at(-1).endsWith('*/');
    if (open !== null) {
      open.type += `\n${line}`;
    } else if (inDoc || line.trim().startsWith('/**')) {
      doc.push(line.trim());
    } else if (line.trim() !== '') {
      const [, name, optional, type] = /^ *readonly (\w+)(\??): ?(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`${owner} has a line that is no field: ${line}`);
      open = { name, optional: optional === '?', type, text: textOf(doc) };
      doc = [];
    }
    if (open !== null && isClosed(open.type)) {
      fields.push(...spread(open, owner));
      open = null;
    }
  }
  if (open !== null || fields.length === 0) throw new Error(`${owner} is no interface, or does not end.`);
  return fields;
}

/** A field, and those of the object that its type is; an object of one line is named by its fields alone. */
function spread({ name, optional, text, type }, owner) {
  const bare = type.trim().replace(/;$/, '');
  const [, inner] = /\{([\s\S]*)\}/.exec(bare) ?? [];
  const outer = flat(bare.replace(/\{[\s\S]*\}/, 'object'));
  const words = [text, optional ? 'Missing where there is none.' : ''];
  if (inner === undefined) return [{ name, type: outer, text: sentence(words) }];
  if (!inner.includes('\n')) {
    const names = [...inner.matchAll(/readonly (\w+):/g)].map(([, one]) => `\`${one}\``);
    return [{ name, type: outer, text: sentence([...words, `Its fields: ${names.join(', ')}.`]) }];
  }
  const nested = fieldsIn(inner, `${owner}.${name}`);
  return [
    { name, type: outer, text: sentence(words) },
    ...nested.map((one) => ({ ...one, name: `${name}.${one.name}` })),
  ];
}

function sentence(words) {
  return words.filter((word) => word !== '').join(' ');
}

function isClosed(type) {
  const depth = [...type].reduce((sum, sign) => sum + (sign === '{' ? 1 : sign === '}' ? -1 : 0), 0);
  return depth === 0 && type.endsWith(';');
}

function textOf(lines) {
  return lines
    .map((line) => line.replace(/^\/\*\* ?|\*\/$|^\* ?/g, '').trim())
    .join(' ')
    .trim();
}

function flat(text) {
  return text.replaceAll(/\s+/g, ' ').trim().replace(/^\| /, '');
}

/** A type in words; `links` are the names that have a section of their own. */
export function typeWords(type, types, links) {
  const parts = type.split(' | ').map((part) => part.trim());
  return parts.map((part) => partWords(part, types, links)).join(', ');
}

function partWords(part, types, links) {
  if (['string', 'number', 'boolean', 'null'].includes(part)) return part;
  if (part === 'unknown') return 'see below';
  if (part === 'object' || part.endsWith('& object')) return 'object';
  const [, word] = /^'([^']+)'$/.exec(part) ?? [];
  if (word !== undefined) return `\`${word}\``;
  if (/^(true|false|\d+)$/.test(part)) return `\`${part}\``;
  const [, row] = /^(?:readonly )?(\w+)\[\]$/.exec(part) ?? [];
  if (row !== undefined) return `array of ${partWords(row, types, links)}`;
  const [, owner, field] = /^(\w+)\['(\w+)'\]$/.exec(part) ?? [];
  if (owner !== undefined) {
    const found = types.fieldsOf(owner).find(({ name }) => name === field);
    if (found === undefined) throw new Error(`There is no ${part}.`);
    return typeWords(found.type, types, links);
  }
  const [, list] = /^\(typeof (\w+)\)\[number\]$/.exec(part) ?? [];
  if (list !== undefined)
    return types.lists
      .get(list)
      .map((one) => `\`${one}\``)
      .join(', ');
  if (links.has(part)) return `[${part}](#${part.toLowerCase()})`;
  const alias = types.aliases.get(part);
  if (alias === undefined && types.has(part)) return 'object';
  if (alias === undefined) throw new Error(`Nobody says what ${part} is.`);
  return typeWords(alias, types, links);
}
