import { type Connection, maxCounted } from '@marquee/chassis/paging/relay-connection';
import { Field, Int, ObjectType } from 'type-graphql';
import type { Loaders } from '../loaders.js';
import { TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { type FacetCount, type FacetCounts, facetSeconds } from './facet-store.js';

/** A page of a list whose facets can be counted. */
export interface FacetedConnection<Node> extends Connection<Node> {
  /** Absent if counting is expensive. */
  countFacets?: () => Promise<FacetCounts>;
}

/** The description of the field `facets`. @param nodes in the plural */
export function facetsDescription(nodes: string): string {
  return (
    `The number of ${nodes} for each value of the filters, for a menu of filters: up to 50 values each, the most frequent ` +
    'first. The counts of a filter ignore the filter itself and apply all others. They cover the newest ' +
    `${maxCounted.toLocaleString('en')} ${nodes} that match the other filters, exactly if these are all, and are up to ` +
    `${facetSeconds} ` +
    'seconds old. Null for searches, and for lists within another object.'
  );
}

@ObjectType({ description: 'The number of nodes in a list that have a term.' })
export class TermFacet {
  @Field(() => TaxonomyTerm, { description: 'The term. Filters refer to it by its `slug`.' })
  term!: TaxonomyTerm;

  @Field(() => Int, { description: 'The number of nodes with the term, 1 or more.' })
  count!: number;
}

export async function toTermFacets(loaders: Loaders, counts: readonly FacetCount[] = []): Promise<TermFacet[]> {
  const terms = await Promise.all(counts.map(({ value }) => loaders.term.load(value)));
  return counts.flatMap(({ count }, index) => {
    const term = terms[index];
    return term ? [{ term, count }] : [];
  });
}
