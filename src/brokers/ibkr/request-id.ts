/** Far above order ids, so that an error about an order is never taken for one about a request of ours. */
let last = 1_000_000;

/** Never repeats in a process: a late answer to an old connection's request finds nobody. */
export function nextRequestId(): number {
  last += 1;
  return last;
}
