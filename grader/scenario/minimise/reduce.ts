/**
 * Takes items out of a list for as long as what is left still shows the failure: all at once; then group by group; then runs of
 * neighbours, half the list long at first; at last one by one, until no single one can go.
 *
 * @param items - in the order in which they act
 * @param groupings - ways to form groups: items with the same name belong together
 * @param fails - whether the failure still shows with only these items
 * @returns what is left, in the same order
 */
export async function reduceList<T>(
  items: readonly T[],
  groupings: readonly ((item: T) => string)[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (items.length === 0 || (await fails([]))) return [];
  let left = items;
  for (const grouping of groupings) {
    for (const name of new Set(left.map(grouping))) {
      const rest = left.filter((item) => grouping(item) !== name);
      if (rest.length < left.length && rest.length > 0 && (await fails(rest))) left = rest;
    }
  }
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    left = await removeRuns(left, size, fails);
  }
  return left;
}

/** The last ones first: what came late had the least time to matter. */
async function removeRuns<T>(
  items: readonly T[],
  size: number,
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = items;
  for (let end = left.length; end > 0 && left.length > 1; end -= size) {
    const rest = [...left.slice(0, Math.max(0, end - size)), ...left.slice(end)];
    if (rest.length > 0 && (await fails(rest))) left = rest;
  }
  return left.length < items.length && size === 1 ? removeRuns(left, size, fails) : left;
}
