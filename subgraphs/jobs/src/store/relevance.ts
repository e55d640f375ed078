import { NIL } from 'uuid';
import type { SelectQueryBuilder } from 'typeorm';
import type { FreelancerProfile } from '../model/freelancer-profile.js';
import { scoreOf } from './freelancer-narrowing.js';
import type { Listed, SortedPage } from './freelancer-list.js';
import { newest } from './page.js';

/** What a place in this order looks like beside its id: the score, then the floor. */
export const relevancePlace = /^(-1|\d{1,7}) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** How many matches are ranked. */
const window = 500;

/** The score of what is not ranked. */
const unranked = -1;

const beyondAnyScore = 9_999_999;

type Matches = () => SelectQueryBuilder<FreelancerProfile>;

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
 *
 * @param matches a new query for what was searched for, each time
 */
export async function mostRelevant(matches: Matches, { after, limit }: SortedPage): Promise<Listed[]> {
  const place = after === null ? await beginning(matches()) : opened(after);
  const ranked = place.score === unranked ? [] : await rankedPage(matches(), place, limit);
  const isFull = ranked.length === limit || place.floor === NIL;
  return isFull ? ranked : [...ranked, ...(await olderPage(matches(), place, limit - ranked.length))];
}

async function beginning(found: SelectQueryBuilder<FreelancerProfile>): Promise<Place> {
  const [row] = await found
    .select('profile.id', 'id')
    .orderBy('profile.id', 'DESC')
    .offset(window)
    .limit(1)
    .getRawMany<{ id: string }>();
  return { score: beyondAnyScore, floor: row?.id ?? NIL, id: newest };
}

function opened([value, id]: NonNullable<SortedPage['after']>): Place {
  const [score = '', floor = NIL] = String(value).split(' ');
  return { score: Number(score), floor, id };
}

async function rankedPage(
  found: SelectQueryBuilder<FreelancerProfile>,
  { score, floor, id }: Place,
  limit: number,
): Promise<Listed[]> {
  const { entities, raw } = await found
    .addSelect(scoreOf, 'score')
    .andWhere('profile.id > :floor', { floor })
    .andWhere(`(${scoreOf}, profile.id) < (:score, :id)`, { score, id })
    .orderBy('score', 'DESC')
    .addOrderBy('profile.id', 'DESC')
    .limit(limit)
    .getRawAndEntities<{ score: number }>();
  return entities.map((profile, index) => ({ profile, value: `${raw[index]?.score ?? 0} ${floor}` }));
}

async function olderPage(
  found: SelectQueryBuilder<FreelancerProfile>,
  { score, floor, id }: Place,
  limit: number,
): Promise<Listed[]> {
  const further = score === unranked ? 'profile.id < :id' : 'profile.id <= :floor';
  const profiles = await found.andWhere(further, { id, floor }).orderBy('profile.id', 'DESC').limit(limit).getMany();
  return profiles.map((profile) => ({ profile, value: `${unranked} ${floor}` }));
}
