import type { XmlElement } from '@rgrove/parse-xml';
import { flexDate } from './dates.js';
import { misconfigured, unreadable } from './problems.js';
import { accountInformation, cashRow, equityRow, positionRow, tradeRow, type Row } from './rows.js';
import type { FlexStatement } from './statement.js';
import { elementsIn, named } from './xml.js';

const ACCOUNT = /^[A-Za-z0-9]{5,20}$/;
/** Trade Confirmation queries hold trades alone. */
const OTHER_KIND = 'TCF';

/** @throws ProtocolError when a statement is missing or cannot be told whose it is, ConfigError for a query of another kind */
export function readStatements(root: XmlElement): readonly FlexStatement[] {
  if (root.attributes['type'] === OTHER_KIND)
    throw misconfigured(
      'query-kind',
      'The Flex query is a Trade Confirmation query, which has no balances. Make an Activity Flex Query in Client Portal → Performance & Reports → Flex Queries, and enter its id.',
    );
  const containers = named(root, 'FlexStatements');
  const statements = containers.flatMap((container) => named(container, 'FlexStatement'));
  const counts = containers.map(({ attributes }) => Number(attributes['count']));
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (statements.length === 0 || count !== statements.length)
    throw unreadable(
      'count',
      `IBKR sent ${statements.length} statements where it said that there are ${count}. Retrying.`,
    );
  return statements.map(readStatement);
}

function readStatement(statement: XmlElement): FlexStatement {
  const accountId = statement.attributes['accountId']?.trim() ?? '';
  if (!ACCOUNT.test(accountId))
    throw unreadable(
      'account',
      'IBKR sent a Flex statement that does not say of which account it is. Retrying.',
    );
  const [information] = named(statement, 'AccountInformation');
  return {
    accountId,
    toDate: flexDate(statement.attributes['toDate'] ?? null),
    information: information === undefined ? null : accountInformation(information.attributes).row,
    equity: section(statement, ['EquitySummaryInBase', 'EquitySummaryByReportDateInBase'], equityRow),
    cash: section(statement, ['CashReport', 'CashReportCurrency'], cashRow),
    positions: section(statement, ['OpenPositions', 'OpenPosition'], positionRow),
    trades: trades(statement),
  };
}

type Read<T> = (attributes: Readonly<Record<string, string>>) => Row<T>;

/**
 * The rows of a section; null when the query does not have it. An element of another name is a row of which nothing is
 * known: were it passed over, a position could vanish without a word.
 */
function section<T>(
  statement: XmlElement,
  [name, rowName]: readonly [string, string],
  read: Read<T>,
): readonly Row<T>[] | null {
  const sections = named(statement, name);
  if (sections.length === 0) return null;
  return sections
    .flatMap(elementsIn)
    .map((element) => read(element.name === rowName ? element.attributes : {}));
}

/** Here rows of other names are known ones: orders, lots and sums. */
function trades(statement: XmlElement): FlexStatement['trades'] {
  const sections = named(statement, 'Trades');
  if (sections.length === 0) return null;
  return sections.flatMap((element) => named(element, 'Trade')).map(({ attributes }) => tradeRow(attributes));
}
