import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import { startService } from '@marquee/testkit/test-service';
import { service } from '../src/service.js';
import { at, mediaOf } from './fixtures/uploads.js';
import { openUsersTestbed, type UsersTestbed } from './fixtures/users-testbed.js';

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed({ SEED: 'true' })));
afterAll(() => testbed.close());

describe('the seed', () => {
  test('adds the people for sign-in', async () => {
    const people = await testbed.sql<object>(`select id, sub, role from users where sub like 'dev-%' order by id`);
    expect(people).toEqual([
      { id: idEnding('01'), sub: 'dev-admin-001', role: 'ADMIN' },
      { id: idEnding('02'), sub: 'dev-reviewer-001', role: 'REVIEWER' },
      { id: idEnding('03'), sub: 'dev-hiring-001', role: 'HIRING_USER' },
      { id: idEnding('11'), sub: 'dev-freelancer-001', role: 'FREELANCER' },
      { id: idEnding('12'), sub: 'dev-freelancer-002', role: 'FREELANCER' },
      { id: idEnding('13'), sub: 'dev-freelancer-003', role: 'FREELANCER' },
    ]);
  });

  test('adds further freelancers with portfolios', async () => {
    const [others] =
      await testbed.sql<object>(`select count(*)::int as count, min(id::text) as first, max(id::text) as last
      from users where role = 'FREELANCER' and sub not like 'dev-%'`);
    expect(others).toEqual({ count: 9, first: idEnding('101'), last: idEnding('109') });
  });

  test('adds an avatar for everyone and eight book covers', async () => {
    const { data } = await testbed.request('{ users(first: 100) { edges { node { id avatar { id status url } } } } }');
    expect(data.users.edges).toHaveLength(15);
    for (const { node } of data.users.edges)
      expect(node.avatar).toMatchObject({ id: idEnding(String(Number(node.id.slice(-4)) + 300)), status: 'READY' });
    const covers = await testbed.sql<{ id: string }>(`select id from media where purpose = 'BOOK_COVER' order by id`);
    expect(covers.map(({ id }) => id)).toEqual(
      [201, 202, 203, 204, 205, 206, 207, 208].map((end) => idEnding(`${end}`)),
    );
    for (const { id } of covers) {
      const media = await mediaOf(testbed, id);
      expect(media).toMatchObject({ status: 'READY', width: 800, height: 1200, contentType: 'image/jpeg' });
      expect((await fetch(at(testbed, media.url))).status).toBe(200);
      expect((await fetch(at(testbed, media.thumbnail))).status).toBe(200);
    }
  });

  test('adds activities, replies and likes', async () => {
    const { data } = await testbed.request(`{ feed { edges { node { message likeCount replyCount author { handle }
      replies { edges { node { author { handle } } } } } } } trending { message } }`);
    expect(data.feed.edges).toHaveLength(6);
    for (const { node } of data.feed.edges) expect(node.replies.edges).toHaveLength(node.replyCount);
    expect(data.trending[0].message).toMatch(/foxes/);
  });

  test('adds consistent counters and notifications', async () => {
    const wrong = await testbed.sql(`select from activities a
      where like_count <> (select count(*) from likes where activity_id = a.id)
         or reply_count <> (select count(*) from activities r where r.reply_to_id = a.id)`);
    expect(wrong).toEqual([]);
    const caller = {
      kind: 'user',
      id: idEnding('11'),
      sub: 'dev-freelancer-001',
      role: 'FREELANCER',
      scopes: [],
    } as const;
    const { data } = await testbed.request('{ notifications { edges { node { actorCount actor { handle } } } } }', {
      caller,
    });
    const counts = data.notifications.edges.map(({ node }: { node: { actorCount: number } }) => node.actorCount);
    expect(Math.max(...counts)).toBeGreaterThan(1);
    const uncollected = await testbed.sql(`select from notifications n where kind = 'LIKE'
      and actor_count <> (select count(*) from notification_actors where notification_id = n.id)`);
    expect(uncollected).toEqual([]);
  });

  test('adds three portfolio pieces per freelancer', async () => {
    const works = await testbed.sql<{ id: string }>(`select id from media where purpose = 'PORTFOLIO' order by id`);
    expect([works.length, works[0]?.id, works.at(-1)?.id]).toEqual([36, idEnding('6110'), idEnding('7092')]);
  });

  test('adds no picture for a deleted account', async () => {
    const person = idEnding('109');
    const caller = { kind: 'user', id: person, sub: 'example-freelancer-109', role: 'FREELANCER', scopes: [] } as const;
    await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller });
    await again();
    expect(await testbed.sql('select avatar_id from users where id = $1', [person])).toEqual([{ avatar_id: null }]);
  });

  test('does not restore a removed avatar', async () => {
    const person = idEnding('13');
    await testbed.sql('update users set avatar_id = null where id = $1', [person]);
    await again();
    expect(await testbed.sql('select avatar_id from users where id = $1', [person])).toEqual([{ avatar_id: null }]);
  });

  test('adds nothing when it is repeated', async () => {
    const before = await counts();
    await again();
    expect(await counts()).toEqual(before);
  });

  test('adds the activities again after all have expired', async () => {
    await testbed.sql(`update activities set expires_at = now() - interval '1 second'`);
    await again();
    expect((await testbed.request('{ feed { edges { cursor } } }')).data.feed.edges).toHaveLength(6);
  });

  test('is rejected in production', async () => {
    const start = startService(service, { ...testbed.environment, NODE_ENV: 'production' });
    await expect(start).rejects.toThrow(SettingsError);
  });
});

async function again(): Promise<void> {
  await (await startService(service, testbed.environment)).close();
}

async function counts(): Promise<unknown> {
  return testbed.sql(`select (select count(*) from users) as users, (select count(*) from activities) as activities,
    (select count(*) from media) as media,
    (select count(*) from likes) as likes, (select count(*) from notifications) as notifications`);
}

function idEnding(end: string): string {
  return `019a0000-0000-7000-8000-${end.padStart(12, '0')}`;
}
