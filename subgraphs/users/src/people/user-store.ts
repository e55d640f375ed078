import type { Role } from '@marquee/chassis/identity/caller';
import { fold } from '@marquee/chassis/input/fold';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { User } from './user-model.js';
import { isValidHandle } from './handle-rules.js';
import { maxId, type IdPage, type MatchPage } from '../paging/id-page.js';

/** Whom a directory shows. */
export interface UserFilter {
  role: Role | null;
  includeDeactivated: boolean;
}

export interface Match {
  /** 0 to 2000, the more alike the more. */
  score: number;
  user: User;
}

/** Reads people. */
export function userStore(source: DataSource) {
  return {
    async byIds(ids: readonly string[]): Promise<User[]> {
      const known = ids.filter((id) => validate(id));
      return known.length === 0 ? [] : users(source).where('user.id = any(:known)', { known }).getMany();
    },
    async byHandles(handles: readonly string[]): Promise<User[]> {
      const possible = handles.filter((handle) => isValidHandle(handle));
      return possible.length === 0 ? [] : users(source).where('user.handle = any(:possible)', { possible }).getMany();
    },
    newestUsers: (filter: UserFilter, page: IdPage): Promise<User[]> => newestUsers(source, filter, page),
    matchingUsers: (search: string, filter: UserFilter, page: MatchPage): Promise<Match[]> =>
      matchingUsers(source, search, filter, page),
  };
}

async function newestUsers(source: DataSource, filter: UserFilter, page: IdPage): Promise<User[]> {
  return listed(source, filter)
    .andWhere('user.id < :after', { after: page.after ?? maxId })
    .orderBy('user.id', 'DESC')
    .limit(page.limit)
    .getMany();
}

/**
 * People by parts of their names, through trigrams. One or two letters make no trigram to look for:
 * they are looked up as the beginning of a name or a handle.
 */
async function matchingUsers(
  source: DataSource,
  search: string,
  filter: UserFilter,
  page: MatchPage,
): Promise<Match[]> {
  const [score, id] = page.after ?? [beyondAnyScore, maxId];
  const found = await listed(source, filter)
    .addSelect(scoreOf, 'score')
    .andWhere(search.length < 3 ? beginsWith : contains, patterns(search))
    .andWhere(`(${scoreOf}, user.id) < (:score, :id)`, { score, id })
    .orderBy('score', 'DESC')
    .addOrderBy('user.id', 'DESC')
    .limit(page.limit)
    .getRawAndEntities<{ score: number }>();
  return found.entities.map((user, index) => ({ user, score: found.raw[index]?.score ?? 0 }));
}

function listed(source: DataSource, { role, includeDeactivated }: UserFilter): SelectQueryBuilder<User> {
  const people = users(source).where('user.deletedAt is null');
  if (role !== null) people.andWhere('user.role = :role', { role });
  return includeDeactivated ? people : people.andWhere('user.isActive');
}

function users(source: DataSource): SelectQueryBuilder<User> {
  return source.getRepository(User).createQueryBuilder('user');
}

/** Whole numbers, so that a cursor says exactly what the database compares. */
const scoreOf = `cast(round(1000 * (word_similarity(:folded, user.searchName) + similarity(:folded, user.searchName))) as integer)`;

const beyondAnyScore = 1_000_000;

const beginsWith = '(user.handle like :prefix or user.searchName like :prefix)';
const contains = '(user.searchName like :within or :folded <% user.searchName)';

function patterns(search: string): { folded: string; prefix: string; within: string } {
  const folded = fold(search);
  const literal = folded.replace(/[\\%_]/g, '\\$&');
  return { folded, prefix: `${literal}%`, within: `%${literal}%` };
}
