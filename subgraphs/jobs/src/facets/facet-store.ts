import { shortLivedBy } from '@marquee/chassis/caching/short-lived-by';
import { maxCounted } from '@marquee/chassis/paging/relay-connection';
import type { DataSource, ObjectLiteral } from 'typeorm';

/** How often a value occurs in a list. */
export interface FacetCount {
  value: string;
  count: number;
}

/** The counts of each facet by its name, the most frequent value first. */
export type FacetCounts = Readonly<Record<string, readonly FacetCount[]>>;

/** The rows of a list, without the condition of the facet itself, so that its other values are counted, too. */
export interface Facet {
  name: string;
  /** A select of the values of each row: an array named `values`. It has the order of the newest rows, and no limit. */
  rows: string;
  parameters: ObjectLiteral;
}

/** The values of a facet that are returned. */
export const maxFacetValues = 50;

/** Seconds for which counts are kept. */
export const facetSeconds = 30;

/** The lists of which counts are kept. */
const keptLists = 500;

/**
 * Counts the values in the newest rows of a list, `maxCounted` at most: the work does not grow with the table beyond that. The
 * counts of a list are computed once for all callers and kept for some seconds.
 * @param facetsOf the facets of a list; equal criteria must have equal facets
 */
export function facetCounter<Criteria extends object>(
  source: DataSource,
  facetsOf: (criteria: Criteria) => readonly Facet[],
): (criteria: Criteria) => Promise<FacetCounts> {
  const countBy = shortLivedBy((key) => countFacets(source, facetsOf(JSON.parse(key) as Criteria)), {
    lifetimeMs: facetSeconds * 1_000,
    max: keptLists,
  });
  return (criteria) => countBy(JSON.stringify(criteria));
}

async function countFacets(source: DataSource, facets: readonly Facet[]): Promise<FacetCounts> {
  const statement = source
    .createQueryBuilder()
    .select('facets.*')
    .from(`(${facets.map(countSql).join(' union all ')})`, 'facets');
  for (const { parameters } of facets) statement.setParameters(parameters);
  const rows = await statement.getRawMany<FacetCount & { name: string }>();
  const countsOf = (facet: string) =>
    rows.filter(({ name }) => name === facet).map(({ value, count }) => ({ value, count }));
  return Object.fromEntries(facets.map(({ name }) => [name, countsOf(name)]));
}

function countSql({ name, rows }: Facet): string {
  return `(select '${name}' as name, cast(value as text) as value, cast(count(*) as integer) as count
    from (${rows} limit ${maxCounted}) as newest cross join unnest(newest.values) as value
    group by value order by count(*) desc, value limit ${maxFacetValues})`;
}
