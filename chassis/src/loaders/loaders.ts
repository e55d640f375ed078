import { setTimeout as wait } from 'node:timers/promises';
import DataLoader from 'dataloader';
import { getOrCreate } from '../caching/memoize.js';
import { deadlinePassed } from '../errors/errors.js';
import { currentRequest } from '../telemetry/request-scope.js';

/**
 * Creates a loader of rows by a unique key: one fetch for all keys of a batch, null for missing rows.
 *
 * @param fetch returns the rows of these keys, in any order
 */
export function createRowLoader<Row>(
  fetch: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return new DataLoader(async (keys) => {
    rejectIfCancelled();
    const rows = new Map((await fetch(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}

/**
 * Creates a loader of rows for live streams, which outlives requests: it caches nothing, and all keys that are requested
 * within one macrotask, also by different streams, share one fetch.
 *
 * @param fetch returns the rows of these keys, in any order; a key may occur more than once
 */
export function createCurrentRowLoader<Row>(
  fetch: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return createCurrentLoader(async (keys: readonly string[]) => {
    const rows = new Map((await fetch(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}

/**
 * Creates a loader of values for live streams, as `createCurrentRowLoader` does.
 *
 * @param load returns the value of each key, in their order; a key may occur more than once
 */
function createCurrentLoader<Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
): DataLoader<Key, Value> {
  return new DataLoader(load, { cache: false, batchScheduleFn: (dispatch) => void setImmediate(dispatch) });
}

/** Maximum of milliseconds between two batches of a paced loader. */
const maxRestMs = 500;

/**
 * Creates a loader of values for live streams that read stored changes, like `createCurrentRowLoader`, which takes at most half
 * of the time: one batch is loaded at a time, and after it the loader rests for as long as that took. The keys that are
 * requested meanwhile are the next batch.
 *
 * @param load returns the value of each key, in their order; a key may occur more than once
 */
export function createPacedLoader<Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
): DataLoader<Key, Value> {
  let rested: Promise<unknown> = Promise.resolve();
  const loadAndRest = (keys: readonly Key[]): Promise<readonly Value[]> => {
    const startedAt = performance.now();
    const loading = load(keys);
    const rest = () => wait(Math.min(maxRestMs, performance.now() - startedAt));
    rested = loading.then(rest, rest);
    return loading;
  };
  const batchScheduleFn = (dispatch: () => void) => void rested.then(() => setImmediate(dispatch));
  return new DataLoader(loadAndRest, { cache: false, batchScheduleFn });
}

/**
 * Creates a loader whose keys are objects: one call for all keys of a batch.
 *
 * @param load returns the value or the error of each key, in their order
 * @param idOf identifies a key; keys with the same id are loaded once
 */
export function createObjectLoader<Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  idOf: (key: Key) => string,
): DataLoader<Key, Value, string> {
  return new DataLoader(
    async (keys) => {
      rejectIfCancelled();
      return load(keys);
    },
    { cacheKeyFn: idOf },
  );
}

/** A page of one parent's children. Keys with an equal `page` are fetched together. */
export interface ChildrenKey<Page> {
  parent: string;
  page: Page;
}

/**
 * Creates a loader that pages through the children of many parents, with one fetch per distinct page in a batch.
 *
 * @param fetch returns the children of these parents; for each parent in order, and at most as many as the page allows
 * @param parentOf returns the key of a child's parent
 */
export function createChildrenLoader<Child, Page>(
  fetch: (parents: readonly string[], page: Page) => Promise<readonly Child[]>,
  parentOf: (child: Child) => string,
): DataLoader<ChildrenKey<Page>, Child[], string> {
  return new DataLoader(
    async (keys) => {
      rejectIfCancelled();
      const pages = new Map(keys.map(({ page }) => [JSON.stringify(page), page]));
      const fetched = await Promise.all(
        [...pages].map(async ([name, page]) => {
          const parents = keys.filter((key) => JSON.stringify(key.page) === name).map((key) => key.parent);
          return [name, groupBy(await fetch(parents, page), parentOf)] as const;
        }),
      );
      const children = new Map(fetched);
      return keys.map(({ parent, page }) => children.get(JSON.stringify(page))?.get(parent) ?? []);
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );
}

/** Sends no request to the store for a cancelled request. */
function rejectIfCancelled(): void {
  if (currentRequest()?.cancellation?.isCancelled) throw deadlinePassed();
}

function groupBy<Child>(children: readonly Child[], parentOf: (child: Child) => string): Map<string, Child[]> {
  const groups = new Map<string, Child[]>();
  for (const child of children) {
    getOrCreate(groups, parentOf(child), () => [] as Child[]).push(child);
  }
  return groups;
}
