import type { DataSource } from 'typeorm';
import { TaxonomyTerm } from '../model/taxonomy-term.js';
import { termStore } from './terms.js';

export const entities = [TaxonomyTerm];

export type Store = ReturnType<typeof createStore>;

/** Every statement of the service, by noun and intention. */
export function createStore(source: DataSource) {
  return {
    terms: termStore(source),
  };
}
