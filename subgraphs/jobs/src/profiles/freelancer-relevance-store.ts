import { NIL } from 'uuid';
import type { Listed, SortedPage } from './freelancer-list-store.js';
import { textQuery, type FreelancerMatches } from './freelancer-search-store.js';
import { newest } from '../paging/id-page.js';

/** What a place in this order looks like beside its id: the score, then the floor. */
export const relevancePlace = /^(-1|\d{1,7}) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** How many matches are ranked. */
const window = 500;

/** The score of what is not ranked. */
const unranked = -1;

const beyondAnyScore = 9_999_999;

/** Whole numbers, so that a cursor says exactly what the database compares. */
const scoreOf = `cast(round(1000 * (ts_rank(found.search, ${textQuery})
  + word_similarity(:folded, found.folded_name))) as integer)`;

/** Where a page goes on. The floor is the newest match that is not ranked; the first page finds it, cursors carry it. */
interface Place {
  score: number;
  floor: string;
  id: string;
}

/**
 * One page, the most relevant first. To rank a row costs more than to find it, and a common word stands in most of them:
 * so the newest matches are ranked, and the others follow by age. As the floor between them stays where the first page
 * found it, whoever comes meanwhile moves nobody to the other side.
 */
export async function mostRelevant(found: FreelancerMatches, { after, limit }: SortedPage): Promise<Listed[]> {
  const place = after === null ? await beginning(found) : opened(after);
  const ranked = place.score === unranked ? [] : await rankedPage(found, place, limit);
  const isFull = ranked.length === limit || place.floor === NIL;
  return isFull ? ranked : [...ranked, ...(await olderPage(found, place, limit - ranked.length))];
}

async function beginning(found: FreelancerMatches): Promise<Place> {
  const [row] = await found
    .taken('found.id', 'order by found.id desc limit :most', { most: window + 1 })
    .orderBy('taken.id', 'DESC')
    .offset(window)
    .limit(1)
    .getRawMany<{ id: string }>();
  return { score: beyondAnyScore, floor: row?.id ?? NIL, id: newest };
}

function opened([value, id]: NonNullable<SortedPage['after']>): Place {
  const [score = '', floor = NIL] = String(value).split(' ');
  return { score: Number(score), floor, id };
}

async function rankedPage(found: FreelancerMatches, place: Place, limit: number): Promise<Listed[]> {
  const best = found
    .taken(`found.id, ${scoreOf} as score`, 'where found.id > :floor', place)
    .where('(taken.score, taken.id) < (:score, :id)')
    .orderBy('taken.score', 'DESC')
    .addOrderBy('taken.id', 'DESC')
    .limit(limit);
  const { entities, raw } = await found
    .profilesOf(best)
    .addSelect('taken.score', 'score')
    .orderBy('taken.score', 'DESC')
    .addOrderBy('profile.id', 'DESC')
    .getRawAndEntities<{ score: number }>();
  return entities.map((profile, index) => ({ profile, value: `${raw[index]?.score ?? 0} ${place.floor}` }));
}

async function olderPage(found: FreelancerMatches, { score, floor, id }: Place, limit: number): Promise<Listed[]> {
  const further = score === unranked ? 'found.id < :id' : 'found.id <= :floor';
  const rest = `where ${further} order by found.id desc limit :limit`;
  const rows = found.taken('found.id', rest, { id, floor, limit });
  const profiles = await found.profilesOf(rows).orderBy('profile.id', 'DESC').limit(limit).getMany();
  return profiles.map((profile) => ({ profile, value: `${unranked} ${floor}` }));
}
