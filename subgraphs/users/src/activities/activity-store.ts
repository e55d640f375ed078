import { shortLived } from '@marquee/chassis/caching/short-lived';
import { boundedSearchSql } from '@marquee/chassis/postgres/bounded-search';
import type { Order } from '@marquee/chassis/paging/relay-connection';
import { prepareRead } from '@marquee/chassis/postgres/prepared-read';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { idOrder, type IdPage } from '../paging/id-page.js';
import { Activity } from './activity-model.js';
import { queryRows } from '../database/statements.js';
import { activeRange, isActive, isKept, minIdDaysAgo } from './activity-retention.js';

/** The age up to which an activity can trend. */
const trendingDays = 7;

/** The largest page of trending activities. */
const maxTrending = 100;

const trendingLifetimeMs = 2_000;

/** Activities of one author whose change is announced when they are hidden or shown. */
const maxAnnounced = 1_000;

/** The part of an activity that its deletion uses. */
export type KeptActivity = Pick<Activity, 'id' | 'authorId' | 'replyToId'>;

/** Reads activities, except deleted and expired ones and those of deactivated authors. */
export function activityStore(source: DataSource) {
  const trending = shortLived(() => mostLiked(source), trendingLifetimeMs);
  const active = `activities where ${isActive('activities')}`;
  const readByIds = prepareRead(source, Activity, (columns) => `select ${columns} from ${active} and id = any($1)`);
  return {
    byIds,
    feed: feedReader(source, active),
    search: (words: string, page: IdPage): Promise<Activity[]> => search(source, words, page),
    byAuthors: (authorIds: readonly string[], page: IdPage): Promise<Activity[]> =>
      pagePerParent(source, 'author_id', authorIds, page),
    repliesTo: (parentIds: readonly string[], page: IdPage): Promise<Activity[]> =>
      pagePerParent(source, 'reply_to_id', parentIds, page),
    /** An activity that is neither deleted nor expired, also of a deactivated author. */
    kept: (id: string): Promise<KeptActivity | null> => kept(source, id),
    /** The newest posts and replies of an author, also of a deactivated one. */
    async newestIdsOf(authorId: string): Promise<string[]> {
      const newest = await queryRows<{ id: string }>(source, newestStatement, [authorId, maxAnnounced]);
      return newest.map(({ id }) => id);
    },
    /** The order is computed once for all callers every 2 seconds; the rows are always current. */
    async trending(limit: number): Promise<Activity[]> {
      const { value: most, isNew } = await trending.get();
      const page = most.slice(0, limit);
      return isNew ? page : inOrder(page, await byIds(page.map(({ id }) => id)));
    },
  };

  async function byIds(ids: readonly string[]): Promise<Activity[]> {
    const valid = ids.filter((id) => validate(id));
    return valid.length === 0 ? [] : readByIds([valid]);
  }
}

async function kept(source: DataSource, id: string): Promise<KeptActivity | null> {
  const [activity] = validate(id) ? await queryRows<KeptActivity>(source, keptStatement, [id]) : [];
  return activity ?? null;
}

const keptStatement = `
  select id, author_id as "authorId", reply_to_id as "replyToId" from activities a where id = $1 and ${isKept('a')}`;

const newestStatement = `
  select id from activities a where author_id = $1 and ${isKept('a')} order by id desc limit $2`;

/** Reads pages of the feed: a prepared statement for each direction. */
function feedReader(source: DataSource, active: string) {
  const prepare = (order: Order) =>
    prepareRead(
      source,
      Activity,
      (columns) => `select ${columns} from ${active} and reply_to_id is null and id > $1 and id < $2
        order by id ${order} limit $3`,
    );
  const read = { DESC: prepare('DESC'), ASC: prepare('ASC') };
  return (page: IdPage): Promise<Activity[]> => {
    const { before, after } = activeRange(page);
    return read[idOrder(page)]([before, after, page.limit]);
  };
}

/** Reads the posts of seven days with the index of the feed and returns those with the most likes and replies. */
async function mostLiked(source: DataSource): Promise<Activity[]> {
  return activeActivities(source)
    .andWhere('activity.replyToId is null')
    .andWhere('activity.id > :since', { since: minIdDaysAgo(trendingDays) })
    .orderBy('activity.likeCount + activity.replyCount', 'DESC')
    .addOrderBy('activity.id', 'DESC')
    .limit(maxTrending)
    .getMany();
}

/** The current rows of activities, without those that have been deleted or have expired. */
function inOrder(known: readonly Activity[], current: readonly Activity[]): Activity[] {
  const byId = new Map(current.map((activity) => [activity.id, activity]));
  return known.flatMap(({ id }) => byId.get(id) ?? []);
}

async function search(source: DataSource, words: string, page: IdPage): Promise<Activity[]> {
  const found = boundedSearchSql({
    from: 'activities a',
    alias: 'a',
    column: 'a.search',
    query: `websearch_to_tsquery('english', lower(cast(:words as text) collate "pg_c_utf8"))`,
    listed: `${isActive('a')} and a."id" > :before and a."id" < :after`,
    order: `a.id ${idOrder(page)}`,
    limit: page.limit,
  });
  return source
    .getRepository(Activity)
    .createQueryBuilder('activity')
    .where(`activity.id in (${found})`, { words, ...activeRange(page) })
    .orderBy('activity.id', idOrder(page))
    .limit(page.limit)
    .getMany();
}

/** Reads one page per parent in a single statement, with one index range scan per parent. */
async function pagePerParent(
  source: DataSource,
  column: 'author_id' | 'reply_to_id',
  parentIds: readonly string[],
  page: IdPage,
): Promise<Activity[]> {
  const pages = `select listed.id from unnest(cast(:parentIds as uuid[])) as parent (id) cross join lateral (
    select a.id from activities a
    where a.${column} = parent.id and a.id > :before and a.id < :after and ${isActive('a')}
    order by a.id ${idOrder(page)} limit :limit) as listed`;
  return source
    .getRepository(Activity)
    .createQueryBuilder('activity')
    .where(`activity.id in (${pages})`)
    .setParameters({ parentIds, limit: page.limit, ...activeRange(page) })
    .orderBy('activity.id', idOrder(page))
    .getMany();
}

function activeActivities(source: DataSource): SelectQueryBuilder<Activity> {
  return source.getRepository(Activity).createQueryBuilder('activity').where(isActive('activity'));
}
