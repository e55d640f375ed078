import { cities, firstNames, lastNames, words } from '../word-lists.js';
import type { DataSource } from 'typeorm';
import { hash, id, type Lists, one, text } from '../search/insert-statements.js';
import type { StoreSizes } from './store-sizes.js';

const lists: Lists = { words, firstNames, lastNames, cities };

/** Fills the tables of the users service: people, posts of the last six days, likes and notifications. */
export async function loadUsers(source: DataSource, { people, posts, owned }: StoreSizes): Promise<void> {
  await source.query(insertUsers, [people]);
  await source.query(insertPosts(people), [posts, Date.now() - sixDaysMs, sixDaysMs / posts]);
  await source.query(insertReplies(people), [Math.floor(posts / 5), Date.now() - dayMs, Math.floor(posts / 5)]);
  await source.query(insertLikes, [owned]);
  await source.query(insertNotifications(people), [owned]);
  await source.query('vacuum analyze users, activities, likes, notifications');
}

const dayMs = 86_400_000;
const sixDaysMs = 6 * dayMs;

const insertUsers = `
  insert into users (id, sub, handle, display_name, folded_name, bio, pronouns, location, links, role)
  select ${id('2')}, 'bench-' || i, 'person_' || i, name, lower(name), ${text(lists, 30, 100)}, 'they/them',
    ${one(lists, 'cities', 7)}, '[{"label": "Portfolio", "url": "https://example.com/portfolio"}]',
    case when i % 3 = 0 then 'HIRING_USER' else 'FREELANCER' end
  from generate_series(1, $1::integer) as i cross join lateral (
    select ${one(lists, 'firstNames', 5)} || ' ' || ${one(lists, 'lastNames', 6)} || ' ' || (i % 97) as name) as person`;

/** One post in a hundred is by the first person. */
function insertPosts(people: number): string {
  return `insert into activities (id, author_id, message, like_count, reply_count, created_at, expires_at)
    select ${postId('5')}, (select ${id('2', 'author')}), ${text(lists, 20, 300)}, ${hash('i')} % 1000, 0,
      to_timestamp(($2::bigint + i * $3::double precision) / 1000), now() + interval '7 days'
    from generate_series(1, $1::integer) as i cross join lateral (
      select case when i % 100 = 0 then 1 else 1 + ${hash('i * 3')} % ${people} end as author) as written`;
}

/** Half of the replies are to one post. */
function insertReplies(people: number): string {
  return `insert into activities (id, author_id, reply_to_id, message, created_at, expires_at)
    select ${postId('6')}, (select ${id('2', 'author')}), case when i % 2 = 0 then first.id else other.id end,
      ${text(lists, 60, 500)}, now(), now() + interval '7 days'
    from generate_series(1, $1::integer) as i
    cross join lateral (select 1 + ${hash('i * 7')} % ${people} as author) as written
    cross join (select id from activities order by id desc limit 1) as first
    join (select id, row_number() over (order by id desc)::integer as place from activities where reply_to_id is null
      order by id desc limit 1000) as other on other.place = 1 + i % 1000
    where $3::integer > 0`;
}

/** A UUIDv7 of the time `$2` plus a step per row. */
function postId(kind: string): string {
  const step = kind === '5' ? 'floor(i * $3::double precision)::bigint' : '0';
  return `(overlay(lpad(to_hex($2::bigint + ${step}), 12, '0') placing '-' from 9 for 0) || '-7000-8000-'
    || '${kind}' || lpad(to_hex(i), 11, '0'))::uuid`;
}

const insertLikes = `
  insert into likes (activity_id, user_id)
  select listed.id, users.id from users cross join (select id from activities order by id desc limit $1) as listed
  where users.sub like 'dev-%'`;

function insertNotifications(people: number): string {
  return `insert into notifications (id, user_id, actor_id, kind, activity_id)
    select gen_random_uuid(), users.id, (select ${id('2', 'actor')}), 'LIKE', listed.id
    from users cross join (
      select id, row_number() over (order by id)::integer as i from activities order by id desc limit $1) as listed
    cross join lateral (select 1 + ${hash('i * 11')} % ${people} as actor) as acted
    where users.sub = 'dev-hiring-001' on conflict do nothing`;
}
