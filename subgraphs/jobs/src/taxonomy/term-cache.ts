import type { Bus } from '@marquee/chassis/bus/bus';
import { shortLived } from '@marquee/chassis/caching/short-lived';
import type { Closable } from '@marquee/chassis/process/closers';
import { topics } from '../topics.js';
import type { TaxonomyTerm } from './taxonomy-model.js';

/** The terms of the taxonomy in memory: they are few, change rarely, and are read with nearly every page. */
export interface TermCache {
  /** The terms with these ids, in any order. Terms that are not in memory are read from the store. */
  byIds(ids: readonly string[]): Promise<TaxonomyTerm[]>;
  /** The term with this id, if it is in memory: without a promise, of which a page would have one for each term. */
  peek(id: string): TaxonomyTerm | undefined;
  /** The terms have changed. */
  clear(): void;
}

/** Milliseconds after which terms are read again, if the notification of a change was lost. */
const lifetimeMs = 10_000;

/** The store behind the cache. */
interface StoredTerms {
  byIds(ids: readonly string[]): Promise<TaxonomyTerm[]>;
  list(category: null, withInactive: boolean): Promise<TaxonomyTerm[]>;
}

export function createTermCache(terms: StoredTerms): TermCache {
  const all = shortLived(
    async () => new Map((await terms.list(null, true)).map((term) => [term.id, term])),
    lifetimeMs,
  );
  return {
    async byIds(ids) {
      const { value: known } = await all.get();
      const unknown = ids.filter((id) => !known.has(id));
      const found = ids.flatMap((id) => known.get(id) ?? []);
      if (unknown.length === 0) return found;
      const added = await terms.byIds(unknown);
      if (added.length > 0) all.clear();
      return [...found, ...added];
    },
    peek: (id) => all.peek()?.get(id),
    clear: () => all.clear(),
  };
}

/** Clears the cache when another replica has changed a term. */
export function followTermChanges(bus: Bus, cache: TermCache): Closable {
  const closing = new AbortController();
  const changes = bus.subscribe(topics.taxonomyChanged, closing.signal, { catchUp: true });
  const following = (async () => {
    for await (const _ of changes) cache.clear();
  })();
  return {
    async close() {
      closing.abort();
      await following;
    },
  };
}
