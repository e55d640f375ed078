import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { Activity } from './activity-model.js';
import { minIdDaysAgo, isActive, oldestActiveId } from './activity-retention.js';
import { maxId, type IdPage } from '../paging/id-page.js';

/** Days that an activity can trend. */
const trendingDays = 7;

/** Reads activities; the deleted and the expired are never among them. */
export function activityStore(source: DataSource) {
  return {
    async byIds(ids: readonly string[]): Promise<Activity[]> {
      const known = ids.filter((id) => validate(id));
      if (known.length === 0) return [];
      return alive(source).andWhere('activity.id = any(:known)', { known }).getMany();
    },
    feed: (page: IdPage): Promise<Activity[]> =>
      newestFirst(alive(source).andWhere('activity.replyToId is null'), page).getMany(),
    search: (words: string, page: IdPage): Promise<Activity[]> =>
      newestFirst(alive(source).andWhere(matches, { words }), page).getMany(),
    byAuthors: (authors: readonly string[], page: IdPage): Promise<Activity[]> =>
      pageOfEach(source, 'author_id', authors, page),
    repliesTo: (parents: readonly string[], page: IdPage): Promise<Activity[]> =>
      pageOfEach(source, 'reply_to_id', parents, page),
    trending: (limit: number): Promise<Activity[]> => trending(source, limit),
  };
}

/** Reads the posts of seven days from the index of the feed and keeps the few with the most likes and replies. */
async function trending(source: DataSource, limit: number): Promise<Activity[]> {
  return alive(source)
    .andWhere('activity.replyToId is null')
    .andWhere('activity.id > :since', { since: minIdDaysAgo(trendingDays) })
    .orderBy('activity.likeCount + activity.replyCount', 'DESC')
    .addOrderBy('activity.id', 'DESC')
    .limit(limit)
    .getMany();
}

/** One page for each parent in one statement: the index is entered once for each. */
async function pageOfEach(
  source: DataSource,
  column: 'author_id' | 'reply_to_id',
  parents: readonly string[],
  page: IdPage,
): Promise<Activity[]> {
  const pages = `select listed.id from unnest(cast(:parents as uuid[])) as parent (id) cross join lateral (
    select a.id from activities a
    where a.${column} = parent.id and a.id > :oldest and a.id < :after and ${isActive('a')}
    order by a.id desc limit :limit) as listed`;
  return source
    .getRepository(Activity)
    .createQueryBuilder('activity')
    .where(`activity.id in (${pages})`)
    .setParameters({ parents, oldest: oldestActiveId(), after: page.after ?? maxId, limit: page.limit })
    .orderBy('activity.id', 'DESC')
    .getMany();
}

function alive(source: DataSource): SelectQueryBuilder<Activity> {
  return source.getRepository(Activity).createQueryBuilder('activity').where(isActive('activity'));
}

const matches = `activity.search @@ websearch_to_tsquery('english', lower(cast(:words as text) collate "pg_c_utf8"))`;

function newestFirst(activities: SelectQueryBuilder<Activity>, page: IdPage): SelectQueryBuilder<Activity> {
  return activities
    .andWhere('activity.id > :oldest and activity.id < :after', {
      oldest: oldestActiveId(),
      after: page.after ?? maxId,
    })
    .orderBy('activity.id', 'DESC')
    .limit(page.limit);
}
