import { NIL } from 'uuid';
import { maxUuid } from '../paging/id-page.js';
import type { SortedFreelancer, SortedPage } from './freelancer-list-store.js';
import { textQuery, type FreelancerQuery } from './freelancer-search-store.js';

/** The format of the sort value of a relevance cursor: the score, a space, and the rank limit. */
export const relevanceCursorFormat = /^(-1|\d{1,7}) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The number of matches that are ranked. */
const maxRanked = 500;

/** The score in the cursors of matches that are not ranked. */
const unranked = -1;

const aboveAnyScore = 9_999_999;

/** An integer, so that a cursor holds exactly the value that the database compares. */
const scoreSql = `cast(round(1000 * (ts_rank(found.search, ${textQuery})
  + word_similarity(:folded, found.folded_name))) as integer)`;

interface RelevanceCursor {
  score: number;
  /** The id of the newest match that is not ranked. The first page determines it, and every cursor carries it. */
  rankLimit: string;
  id: string;
}

/**
 * Returns one page of matches, the most relevant first. Ranking a row costs more than finding it, and a common word
 * matches most rows: only the newest matches are ranked, and older matches follow by age. The rank limit between them
 * is fixed by the first page, so that profiles which are added between two pages do not move a match across it.
 */
export async function listByRelevance(
  query: FreelancerQuery,
  { after, limit }: SortedPage,
): Promise<SortedFreelancer[]> {
  const cursor = after === null ? await firstCursor(query) : parseCursor(after);
  const ranked = cursor.score === unranked ? [] : await listRanked(query, cursor, limit);
  const isComplete = ranked.length === limit || cursor.rankLimit === NIL;
  return isComplete ? ranked : [...ranked, ...(await listOlder(query, cursor, limit - ranked.length))];
}

async function firstCursor(query: FreelancerQuery): Promise<RelevanceCursor> {
  const [row] = await query
    .selectFirst({ order: 'found.id desc', limit: maxRanked + 1 })
    .orderBy('matches.id', 'DESC')
    .offset(maxRanked)
    .limit(1)
    .getRawMany<{ id: string }>();
  return { score: aboveAnyScore, rankLimit: row?.id ?? NIL, id: maxUuid };
}

function parseCursor([value, id]: NonNullable<SortedPage['after']>): RelevanceCursor {
  const [score = '', rankLimit = NIL] = String(value).split(' ');
  return { score: Number(score), rankLimit, id };
}

async function listRanked(query: FreelancerQuery, cursor: RelevanceCursor, limit: number): Promise<SortedFreelancer[]> {
  // More than are ranked at first: profiles that are added between two pages are ranked as well.
  const range = 'found.id > :rankLimit';
  const best = query
    .selectFirst({ score: scoreSql, range, order: 'found.id desc', limit: 2 * maxRanked }, cursor)
    .where('(matches.score, matches.id) < (:score, :id)')
    .orderBy('matches.score', 'DESC')
    .addOrderBy('matches.id', 'DESC')
    .limit(limit);
  const { entities, raw } = await query
    .joinProfiles(best)
    .addSelect('matches.score', 'score')
    .orderBy('matches.score', 'DESC')
    .addOrderBy('profile.id', 'DESC')
    .getRawAndEntities<{ score: number }>();
  return entities.map((profile, index) => ({ profile, value: `${raw[index]?.score ?? 0} ${cursor.rankLimit}` }));
}

async function listOlder(
  query: FreelancerQuery,
  { score, rankLimit, id }: RelevanceCursor,
  limit: number,
): Promise<SortedFreelancer[]> {
  const range = score === unranked ? 'found.id < :id' : 'found.id <= :rankLimit';
  const matches = query.selectFirst({ range, order: 'found.id desc', limit }, { id, rankLimit });
  const profiles = await query.joinProfiles(matches).orderBy('profile.id', 'DESC').limit(limit).getMany();
  return profiles.map((profile) => ({ profile, value: `${unranked} ${rankLimit}` }));
}
