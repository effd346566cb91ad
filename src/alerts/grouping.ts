import type { Group, Item } from './schema/item.js';

const WINDOW_MS = 30_000;
/** What is critical waits only for what comes in the same breath. */
const CRITICAL_WINDOW_MS = 5_000;

/** `rule|account|severity` → what waits */
export type Groups = Readonly<Record<string, Group>>;

/** @returns the groups, and the firing that was taken back because its end came before it was sent */
export function withItem(
  groups: Groups,
  item: Item,
  at: number,
): { readonly groups: Groups; readonly takenBack: Item | null } {
  const name = groupOf(item);
  const group = groups[name] ?? { openedAt: at, items: [] };
  const same = (other: Item): boolean => other.id === item.id && other.state === 'firing';
  // What has not left yet, since the night came between, needs no repeat beside it.
  if (isRepeat(item) && group.items.some(same)) return { groups, takenBack: null };
  const first =
    item.state === 'resolved' ? group.items.find((other) => same(other) && !isRepeat(other)) : undefined;
  // A repeat that has not been sent is out of date, but its first message was: the end must be told.
  const others = item.state === 'resolved' ? group.items.filter((other) => !same(other)) : group.items;
  const items = first === undefined ? [...others, item] : others;
  const { [name]: _before, ...rest } = groups;
  return {
    groups: items.length === 0 ? rest : { ...rest, [name]: { ...group, items } },
    takenBack: first ?? null,
  };
}

function isRepeat({ reason }: Item): boolean {
  return reason === 'repeat';
}

function groupOf({ account, connection, ruleId, severity }: Item): string {
  return `${ruleId}|${account?.key ?? connection ?? ''}|${severity}`;
}

/** Splits off the groups whose window has closed; at night only critical ones leave. */
export function due(
  groups: Groups,
  { at, quiet }: { readonly at: number; readonly quiet: boolean },
): { readonly waiting: Groups; readonly sent: readonly Group[] } {
  const waiting: Record<string, Group> = {};
  const sent: Group[] = [];
  for (const [name, group] of Object.entries(groups)) {
    const isCritical = group.items[0]?.severity === 'critical';
    const windowMs = isCritical ? CRITICAL_WINDOW_MS : WINDOW_MS;
    if (at - group.openedAt >= windowMs && (isCritical || !quiet)) sent.push(group);
    else waiting[name] = group;
  }
  return { waiting, sent };
}

/** Takes out all that is not critical: it goes into the message that ends the night. */
export function takeAllButCritical(groups: Groups): {
  readonly waiting: Groups;
  readonly taken: readonly Item[];
} {
  const entries = Object.entries(groups);
  const isCritical = ({ items }: Group): boolean => items[0]?.severity === 'critical';
  return {
    waiting: Object.fromEntries(entries.filter(([, group]) => isCritical(group))),
    taken: entries.flatMap(([, group]) => (isCritical(group) ? [] : group.items)),
  };
}
