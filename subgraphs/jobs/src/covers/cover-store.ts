import { In, IsNull, type DataSource, type SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { BookCover, CoverContributor } from './cover-model.js';
import { maxUuid, type IdPage } from '../paging/id-page.js';
import { queryRows } from '../database/statements.js';

/** A filter of covers as the database applies it. Null does not restrict the list. */
export interface CoverCriteria {
  words: string | null;
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
  return { byIds, bySlugs, list, contributorsOf, relatedTo };

  async function byIds(ids: readonly string[]): Promise<BookCover[]> {
    const known = ids.filter((id) => validate(id));
    return known.length === 0 ? [] : covers().andWhere('cover.id = any(:known)', { known }).getMany();
  }

  async function bySlugs(slugs: readonly string[]): Promise<BookCover[]> {
    return covers().andWhere('cover.slug = any(:slugs)', { slugs }).getMany();
  }

  async function list(criteria: CoverCriteria, page: IdPage): Promise<BookCover[]> {
    const query = covers().andWhere('cover.id < :after', { after: page.after ?? maxUuid });
    const { words } = criteria;
    if (words !== null) query.andWhere(matches, { words });
    for (const name of ['genreIds', 'audienceIds', 'visualTagIds'] as const)
      if (criteria[name] !== null)
        query.andWhere(`cover.${name} && cast(:${name} as uuid[])`, { [name]: criteria[name] });
    return query.orderBy('cover.id', 'DESC').limit(page.limit).getMany();
  }

  async function contributorsOf(coverIds: readonly string[]): Promise<CoverContributor[]> {
    return source
      .getRepository(CoverContributor)
      .find({ where: { coverId: In([...coverIds]) }, order: { position: 'ASC' } });
  }

  /** Returns the covers that share the most terms with each cover, most similar first. */
  async function relatedTo(coverIds: readonly string[], count: number): Promise<RelatedCover[]> {
    return queryRows<RelatedCover>(source, relatedStatement, [coverIds, count]);
  }

  function covers(): SelectQueryBuilder<BookCover> {
    return source.getRepository(BookCover).createQueryBuilder('cover').where({ removedAt: IsNull() });
  }
}

const matches = `cover.search @@ websearch_to_tsquery('english', lower(cast(:words as text) collate "pg_c_utf8"))`;

const relatedStatement = `
  select cover.id as "coverId", related.id as "relatedId"
  from book_covers cover cross join lateral (
    select other.id from book_covers other cross join lateral (
      select 3 * ${sharedTermCount('visual_tag_ids')} + 2 * ${sharedTermCount('genre_ids')} + ${sharedTermCount('audience_ids')} as score
    ) as likeness
    where other.removed_at is null and other.id <> cover.id and (other.visual_tag_ids && cover.visual_tag_ids
      or other.genre_ids && cover.genre_ids or other.audience_ids && cover.audience_ids)
    order by likeness.score desc, other.id desc limit $2
  ) as related
  where cover.id = any($1)`;

function sharedTermCount(column: string): string {
  return `cardinality(array(select unnest(other.${column}) intersect select unnest(cover.${column})))`;
}
