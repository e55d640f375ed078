import DataLoader from 'dataloader';
import { deadlinePassed } from '../errors/errors.js';
import { currentRequest } from '../telemetry/request-scope.js';

/**
 * Loads rows by a unique key: one fetch for all keys that are asked for in the same tick, null for the missing.
 *
 * @param fetch the rows of these keys, in any order
 */
export function createRowLoader<Row>(
  fetch: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return new DataLoader(async (keys) => {
    refuseWhenOver();
    const rows = new Map((await fetch(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}

/** One parent's page of children. Keys with equal `page` are fetched together. */
export interface ChildrenKey<Page> {
  parent: string;
  page: Page;
}

/**
 * Loads a page of children for many parents: one fetch for each distinct page asked for, however many the parents.
 *
 * @param fetch the children of these parents, each list in order and at most as long as the page wants
 * @param parentOf the parent that a child belongs to
 */
export function createChildrenLoader<Child, Page>(
  fetch: (parents: readonly string[], page: Page) => Promise<readonly Child[]>,
  parentOf: (child: Child) => string,
): DataLoader<ChildrenKey<Page>, Child[], string> {
  return new DataLoader(
    async (keys) => {
      refuseWhenOver();
      const pages = new Map(keys.map(({ page }) => [JSON.stringify(page), page]));
      const fetched = await Promise.all(
        [...pages].map(async ([name, page]) => {
          const parents = keys.filter((key) => JSON.stringify(key.page) === name).map((key) => key.parent);
          return [name, grouped(await fetch(parents, page), parentOf)] as const;
        }),
      );
      const children = new Map(fetched);
      return keys.map(({ parent, page }) => children.get(JSON.stringify(page))?.get(parent) ?? []);
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );
}

/** The store is asked nothing for a request that nobody waits for. */
function refuseWhenOver(): void {
  if (currentRequest()?.cancellation?.isCancelled) throw deadlinePassed();
}

function grouped<Child>(children: readonly Child[], parentOf: (child: Child) => string): Map<string, Child[]> {
  const groups = new Map<string, Child[]>();
  for (const child of children) {
    const group = groups.get(parentOf(child));
    if (group) group.push(child);
    else groups.set(parentOf(child), [child]);
  }
  return groups;
}
