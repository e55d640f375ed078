import { notFound } from '@marquee/chassis/errors/errors';
import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { JobsContext } from '../context.js';
import type { Store } from '../store.js';
import type { TaxonomyTerm } from './taxonomy-model.js';

/** Loaders of taxonomy terms. */
export function taxonomyLoaders({ terms }: Store) {
  return {
    term: createRowLoader(terms.cache.byIds, ({ id }) => id),
  };
}

/** What loads terms. */
type TermContext = Pick<JobsContext, 'loaders' | 'store'>;

/** Loads a term, without a promise if it is in memory. @throws NOT_FOUND if it does not exist */
export function requireTerm({ loaders, store }: TermContext, id: string): MaybePromise<TaxonomyTerm> {
  return store.terms.cache.peek(id) ?? loadExisting(loaders, id);
}

async function loadExisting(loaders: JobsContext['loaders'], id: string): Promise<TaxonomyTerm> {
  const term = await loaders.term.load(id);
  if (term === null) throw notFound('taxonomy term', id);
  return term;
}

/** Loads the terms with these ids, in this order, without a promise if all are in memory. Unknown ids are skipped. */
export function loadTerms({ loaders, store }: TermContext, ids: readonly string[]): MaybePromise<TaxonomyTerm[]> {
  const inMemory = ids.flatMap((id) => store.terms.cache.peek(id) ?? []);
  return inMemory.length === ids.length ? inMemory : loadInOrder(loaders, ids);
}

async function loadInOrder(loaders: JobsContext['loaders'], ids: readonly string[]): Promise<TaxonomyTerm[]> {
  const terms = await Promise.all(ids.map((id) => loaders.term.load(id)));
  return terms.filter((term) => term !== null);
}

type MaybePromise<Value> = Value | Promise<Value>;
