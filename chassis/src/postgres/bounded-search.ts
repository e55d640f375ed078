/** A full-text search of which the first rows in an order are needed. SQL fragments refer to the table by `alias`. */
export interface BoundedSearch {
  /** The table with its alias, such as `activities a`. */
  from: string;
  alias: string;
  /** The tsvector column. */
  column: string;
  /** The tsquery. */
  query: string;
  /** The condition of the list without the search: visible rows after the cursor. An index has it in this order. */
  listed: string;
  /** Further conditions that the rows must fulfil. Default: none. */
  filter?: string;
  /** The order of the list, such as `a.id desc`. */
  order: string;
  /** The number of rows. */
  limit: number;
}

/** Rows of the list that are compared with the search for each row of the page, before the search index is used. */
const scannedPerRow = 20;

/**
 * The most rows that are compared first: beyond, reading all matches by the search index costs less. As many are compared
 * if there is a filter: it is unknown how many rows fulfil it.
 */
const maxScannedFirst = 2000;

/** Rows that are compared with a search that the search index cannot answer alone. */
const maxScanned = 10_000;

/**
 * Returns a select of the ids of the first matches whose work is bounded, whatever the search is. Postgres chooses
 * between the index of the order and the search index by estimated frequencies, and is far off for words that exclude
 * each other: it then compares every row of the table. Here the newest rows are compared first. If these do not fill
 * the page, then matches are rare, and the search index finds the rest.
 *
 * The search index only knows which words a row has: it cannot answer quoted phrases of common words, or searches that
 * only exclude words, without reading most rows. Such a search covers the first 10,000 rows of the list only. One of stop
 * words only, such as "the", has no match, and reads no row.
 */
export function boundedSearchSql(search: BoundedSearch): string {
  const { from, alias, column, query, listed, filter = 'true', order, limit } = search;
  const scanned =
    filter === 'true' ? Math.max(limit, Math.min(scannedPerRow * limit, maxScannedFirst)) : maxScannedFirst;
  const matches = `${column} @@ (select words from sought)`;
  return `with sought as materialized (select words, words::text like '%<%' or querytree(words) in ('', 'T') as is_scan
      from (select ${query} as words) as parsed),
    scanned as materialized (select listed.id, listed.place, listed.is_match from (
      select ${alias}.id, row_number() over (order by ${order}) as place,
        ${filter} and ${matches} as is_match
      from ${from} where ${listed} order by ${order}
      limit (select case when numnode(words) = 0 then 0 when is_scan then ${Math.max(maxScanned, scanned)}
        else ${scanned} end from sought)) as listed)
    (select id from scanned where is_match order by place limit ${limit})
    union (select found.id from (select ${alias}.* from ${from} where not (select is_scan from sought)
        and (select count(*) from scanned) >= ${scanned}
        and (select count(*) from scanned where is_match) < ${limit}
        and ${listed} and ${filter} and ${matches} offset 0) as found
      order by ${order.replaceAll(`${alias}.`, 'found.')} limit ${limit})`;
}
