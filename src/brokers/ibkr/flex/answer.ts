import type { XmlElement } from '@rgrove/parse-xml';
import type { FlexQuestion } from './exchange.js';
import { lost, misconfigured, unreadable } from './problems.js';
import { readStatements } from './read-statements.js';
import type { FlexStatement } from './statement.js';
import { named, rootOf } from './xml.js';

/** What the service answered. */
export type FlexAnswer =
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'statements'; readonly statements: readonly FlexStatement[] };

/** Up to 15 digits were seen: more than a number keeps exactly. */
const REFERENCE = /^\d{1,40}$/;
const CODE = /^\d{1,6}$/;

/** @throws ProtocolError, ConnectionLost for a page about an outage, ConfigError when the query's format is not XML */
export function readAnswer(text: string, { ask }: Pick<FlexQuestion, 'ask'>): FlexAnswer {
  const begin = text
    .slice(0, 4_096)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^<(!doctype\s+)?html/i.test(begin)) throw outage();
  if (!begin.startsWith('<')) {
    if (ask === 'GetStatement' && isTable(begin)) throw notXml();
    throw outage();
  }
  const root = rootOf(text);
  switch (root.name) {
    case 'FlexStatementResponse':
      return responseOf(root);
    case 'FlexQueryResponse':
      return { kind: 'statements', statements: readStatements(root) };
    default:
      throw unreadable('bad-response', "IBKR's Flex Web Service sent XML that is no answer of it. Retrying.");
  }
}

/** "Not ready" has the status `Warn`, not `Fail`: the code decides. */
function responseOf(root: XmlElement): FlexAnswer {
  const textOf = (name: string): string => named(root, name).at(0)?.text.trim() ?? '';
  const code = textOf('ErrorCode');
  if (CODE.test(code)) return { kind: 'code', code };
  const reference = textOf('ReferenceCode');
  if (textOf('Status') === 'Success' && REFERENCE.test(reference)) return { kind: 'reference', reference };
  throw unreadable(
    'bad-response',
    "IBKR's Flex Web Service answered with neither a statement nor a code. Retrying.",
  );
}

/** A first line with columns, and not a sentence that excuses an outage. */
function isTable(begin: string): boolean {
  const line = begin.split(/\r?\n/, 1)[0] ?? '';
  return line.startsWith('"') || /^(BOF|HEADER|BOA)\b/.test(line) || line.split(/[,;|\t]/).length > 3;
}

function notXml() {
  return misconfigured(
    'not-xml',
    'The Flex query makes a table (CSV or text), which cannot be read here. In Client Portal → Performance & Reports → Flex Queries, edit the query and choose the format XML.',
  );
}

function outage() {
  return lost('outage', "IBKR's Flex Web Service answered with a page instead of data. Retrying.");
}
