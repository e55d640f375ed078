import type { Role } from '@marquee/chassis/identity/caller';
import { fold } from '@marquee/chassis/input/fold';
import { readingOrder } from '@marquee/chassis/paging/relay-connection';
import { prepareRead } from '@marquee/chassis/postgres/prepared-read';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { NIL, validate } from 'uuid';
import { idOrder, type IdPage, idRange, type MatchPage, maxUuid } from '../paging/id-page.js';
import { isValidHandle } from './handle-rules.js';
import { User } from './user-model.js';

export interface UserFilter {
  role: Role | null;
  includeDeactivated: boolean;
}

export interface UserMatch {
  /** The similarity, from 0 to 2000. */
  score: number;
  user: User;
}

/** Reads users. */
export function userStore(source: DataSource) {
  const readByIds = prepareRead(source, User, (columns) => `select ${columns} from users where id = any($1)`);
  const readByHandles = prepareRead(source, User, (columns) => `select ${columns} from users where handle = any($1)`);
  return {
    async byIds(ids: readonly string[]): Promise<User[]> {
      const valid = ids.filter((id) => validate(id));
      return valid.length === 0 ? [] : readByIds([valid]);
    },
    async byHandles(handles: readonly string[]): Promise<User[]> {
      const valid = handles.filter((handle) => isValidHandle(handle));
      return valid.length === 0 ? [] : readByHandles([valid]);
    },
    newestUsers: (filter: UserFilter, page: IdPage): Promise<User[]> => newestUsers(source, filter, page),
    matchingUsers: (search: string, filter: UserFilter, page: MatchPage): Promise<UserMatch[]> =>
      matchingUsers(source, search, filter, page),
  };
}

async function newestUsers(source: DataSource, filter: UserFilter, page: IdPage): Promise<User[]> {
  return filteredUsers(source, filter)
    .andWhere('user.id < :after and user.id > :before', idRange(page))
    .orderBy('user.id', idOrder(page))
    .limit(page.limit)
    .getMany();
}

/**
 * Searches names with trigrams. One or two characters form no trigram: those are matched as the prefix of a name or
 * handle.
 */
async function matchingUsers(
  source: DataSource,
  search: string,
  filter: UserFilter,
  page: MatchPage,
): Promise<UserMatch[]> {
  const [afterScore, afterId] = page.after ?? [aboveMaxScore, maxUuid];
  const [beforeScore, beforeId] = page.before ?? [belowMinScore, NIL];
  const order = readingOrder('DESC', page);
  const found = await filteredUsers(source, filter)
    .addSelect(scoreExpression, 'score')
    .andWhere(search.length < 3 ? matchesPrefix : matchesPart, patterns(search))
    .andWhere(`(${scoreExpression}, user.id) < (:afterScore, :afterId)`, { afterScore, afterId })
    .andWhere(`(${scoreExpression}, user.id) > (:beforeScore, :beforeId)`, { beforeScore, beforeId })
    .orderBy('score', order)
    .addOrderBy('user.id', order)
    .limit(page.limit)
    .getRawAndEntities<{ score: number }>();
  return found.entities.map((user, index) => ({ user, score: found.raw[index]?.score ?? 0 }));
}

function filteredUsers(source: DataSource, { role, includeDeactivated }: UserFilter): SelectQueryBuilder<User> {
  const query = users(source).where('user.deletedAt is null');
  if (role !== null) query.andWhere('user.role = :role', { role });
  return includeDeactivated ? query : query.andWhere('user.isActive');
}

function users(source: DataSource): SelectQueryBuilder<User> {
  return source.getRepository(User).createQueryBuilder('user');
}

/** An integer, so that a cursor contains exactly the value that the database compares. */
const scoreExpression = `cast(round(1000 * (word_similarity(:folded, user.searchName) + similarity(:folded, user.searchName))) as integer)`;

const aboveMaxScore = 1_000_000;
const belowMinScore = -1;

const matchesPrefix = '(user.handle like :prefix or user.searchName like :prefix)';
const matchesPart = '(user.searchName like :within or :folded <% user.searchName)';

function patterns(search: string): { folded: string; prefix: string; within: string } {
  const folded = fold(search);
  const literal = folded.replace(/[\\%_]/g, '\\$&');
  return { folded, prefix: `${literal}%`, within: `%${literal}%` };
}
