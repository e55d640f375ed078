import { boundedSearchSql } from '@marquee/chassis/postgres/bounded-search';
import { countUpToMax } from '@marquee/chassis/postgres/bounded-count';
import { readingOrder } from '@marquee/chassis/paging/relay-connection';
import { In, IsNull, type DataSource, type SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { slugPattern } from '../input/slug.js';
import { BookCover, CoverContributor } from './cover-model.js';
import { type Facet, facetCounter } from '../facets/facet-store.js';
import { orderSql, pageRange, type SortedPage } from '../paging/list-order.js';
import type { CoverSort } from './cover-inputs.js';
import { coverOrders } from './cover-orders.js';
import { queryRows } from '../database/statements.js';

/** A filter of covers as the database applies it. Null does not restrict the list. */
export interface CoverCriteria extends CoverTerms {
  words: string | null;
}

/** One page of the list of covers. */
export type CoverPage = SortedPage<CoverSort>;

interface CoverTerms {
  genreIds: readonly string[] | null;
  audienceIds: readonly string[] | null;
  visualTagIds: readonly string[] | null;
}

/** A pair of similar covers. */
export interface RelatedCover {
  coverId: string;
  relatedId: string;
}

/** Reads covers that are not removed. */
export function coverStore(source: DataSource) {
  return {
    byIds,
    bySlugs,
    list: (criteria: CoverCriteria, page: CoverPage) => list(source, criteria, page),
    count: (criteria: CoverCriteria) => count(source, criteria),
    countFacets: facetCounter(source, facetsOf),
    contributorsOf,
    relatedTo,
  };

  async function byIds(ids: readonly string[]): Promise<BookCover[]> {
    const known = ids.filter((id) => validate(id));
    return known.length === 0 ? [] : covers().andWhere('cover.id = any(:known)', { known }).getMany();
  }

  async function bySlugs(slugs: readonly string[]): Promise<BookCover[]> {
    const known = slugs.filter((slug) => slugPattern.test(slug));
    return known.length === 0 ? [] : covers().andWhere('cover.slug = any(:known)', { known }).getMany();
  }

  async function contributorsOf(coverIds: readonly string[]): Promise<CoverContributor[]> {
    const where = { coverId: In([...coverIds]) };
    return source.getRepository(CoverContributor).find({ where, order: { position: 'ASC' } });
  }

  /** Returns the covers that share the most terms with each cover, most similar first. */
  async function relatedTo(coverIds: readonly string[], count: number): Promise<RelatedCover[]> {
    return queryRows<RelatedCover>(source, relatedStatement, [coverIds, count]);
  }

  function covers(): SelectQueryBuilder<BookCover> {
    return source.getRepository(BookCover).createQueryBuilder('cover').where({ removedAt: IsNull() });
  }
}

async function list(source: DataSource, { words, ...terms }: CoverCriteria, page: CoverPage): Promise<BookCover[]> {
  const { limit } = page;
  const [order, range] = [coverOrders[page.sort], pageRange(coverOrders[page.sort], page, 'c')];
  const inOrder = orderSql(order, page, 'c');
  const { filter, parameters } = filterSql(terms);
  const listed = `c.removed_at is null and ${range.condition}`;
  const cover = { from: 'book_covers c', alias: 'c', column: 'c.search', query, listed, filter, order: inOrder, limit };
  const found =
    words === null
      ? `select c.id from book_covers c where ${listed} and ${filter} order by ${inOrder} limit ${limit}`
      : boundedSearchSql(cover);
  const covers = source
    .getRepository(BookCover)
    .createQueryBuilder('cover')
    .where(`cover.id in (${found})`, { words, ...range.parameters, ...parameters });
  const direction = readingOrder(order.direction, page);
  const sorted = order.value ? covers.orderBy(order.value.ofRow('cover'), direction) : covers;
  return sorted.addOrderBy('cover.id', direction).getMany();
}

/** The values of covers for each filter, of the newest covers that match the others. */
function facetsOf({ words: _, ...terms }: CoverCriteria): Facet[] {
  return Object.entries(facetColumns).map(([name, column]) => {
    const { filter, parameters } = filterSql({ ...terms, [name]: null });
    const where = `c.removed_at is null and ${filter}`;
    return {
      name,
      rows: `select ${column} as values from book_covers c where ${where} order by c.id desc`,
      parameters,
    };
  });
}

const facetColumns = { genreIds: 'c.genre_ids', audienceIds: 'c.audience_ids', visualTagIds: 'c.visual_tag_ids' };

function filterSql(terms: CoverTerms): { filter: string; parameters: Record<string, unknown> } {
  const given = Object.entries(terms).filter(([, ids]) => ids !== null);
  const conditions = given.map(([name]) => termConditions[name as keyof CoverTerms]);
  return { filter: ['true', ...conditions].join(' and '), parameters: Object.fromEntries(given) };
}

/** The number of covers that match criteria without words, at most `maxCounted`. */
async function count(source: DataSource, { words: _, ...terms }: CoverCriteria): Promise<number> {
  const found = source.getRepository(BookCover).createQueryBuilder('c').where('c.removed_at is null');
  for (const [name, ids] of Object.entries(terms))
    if (ids !== null) found.andWhere(termConditions[name as keyof typeof termConditions], { [name]: ids });
  return countUpToMax(found);
}

const query = `websearch_to_tsquery('english', lower(cast(:words as text) collate "pg_c_utf8"))`;

const termConditions = {
  genreIds: 'c.genre_ids && cast(:genreIds as uuid[])',
  audienceIds: 'c.audience_ids && cast(:audienceIds as uuid[])',
  visualTagIds: 'c.visual_tag_ids && cast(:visualTagIds as uuid[])',
};

/** The newest covers with a term of each kind that are compared with a cover. */
const comparedPerKind = 100;

/**
 * Only the newest covers with a common term are compared: most covers share a common term, and comparing all of them
 * would take longer for every cover that is added.
 */
const relatedStatement = `
  select cover.id as "coverId", related.id as "relatedId"
  from book_covers cover cross join lateral (
    select other.id from (
      ${['visual_tag_ids', 'genre_ids', 'audience_ids'].map(newestWithTerm).join(' union ')}
    ) as candidate join book_covers other on other.id = candidate.id cross join lateral (
      select 3 * ${sharedTermCount('visual_tag_ids')} + 2 * ${sharedTermCount('genre_ids')} + ${sharedTermCount('audience_ids')} as score
    ) as likeness
    order by likeness.score desc, other.id desc limit $2
  ) as related
  where cover.id = any($1)`;

function newestWithTerm(column: string): string {
  return `(select newest.id from book_covers newest where newest.removed_at is null and newest.id <> cover.id
    and newest.${column} && cover.${column} order by newest.id desc limit ${comparedPerKind})`;
}

function sharedTermCount(column: string): string {
  return `cardinality(array(select unnest(other.${column}) intersect select unnest(cover.${column})))`;
}
