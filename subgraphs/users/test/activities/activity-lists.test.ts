import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { observeStores } from '@marquee/testkit/test-stores';
import { badPaths, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let ada: UserCaller;
let bob: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  [ada, bob] = await Promise.all([testbed.person('FREELANCER', 'Ada'), testbed.person('FREELANCER', 'Bob')]);
});
afterAll(() => testbed.close());

describe('activity lists', () => {
  test('feed lists the newest first without replies, with stable pages during new posts', async () => {
    const posted: string[] = [];
    for (let count = 0; count < 5; count += 1) posted.unshift(await testbed.post(ada, `Number ${count}`));
    await testbed.reply(bob, posted[0] ?? '');
    const first = await feed({ first: 2 });
    await testbed.post(bob, 'Meanwhile.');
    const second = await feed({ first: 3, after: first.pageInfo.endCursor });
    expect([...first.ids, ...second.ids]).toEqual(posted);
  });

  test("User.activities lists the user's posts and replies, the newest first", async () => {
    const author = await testbed.person();
    const [first, second] = [
      await testbed.post(author, 'One'),
      await testbed.reply(author, await testbed.post(ada, 'Two?')),
    ];
    const third = await testbed.post(author, 'Three');
    const document = `query ($id: ID!, $after: String) { user(id: $id) {
      activities(first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }`;
    const page = (await testbed.request(document, { variables: { id: author.id } })).data.user.activities;
    expect(idsOf(page)).toEqual([third, second]);
    const variables = { id: author.id, after: page.pageInfo.endCursor };
    expect(idsOf((await testbed.request(document, { variables })).data.user.activities)).toEqual([first]);
  });

  test('trending orders by likes and replies', async () => {
    const posts = [
      await testbed.post(ada, 'Third'),
      await testbed.post(ada, 'First'),
      await testbed.post(ada, 'Second'),
    ];
    const [third = '', first = '', second = ''] = posts;
    const replies = Array.from({ length: 40 }, () => testbed.reply(bob, first));
    await Promise.all([...replies, ...replies.slice(20).map(() => testbed.reply(bob, second))]);
    await Promise.all([testbed.like(bob, second), ...replies.slice(20).map(() => testbed.reply(bob, third))]);
    const { data } = await testbed.request('{ trending(first: 3) { id } }');
    expect(data.trending.map(({ id }: { id: string }) => id)).toEqual([first, second, third]);
  });

  test('trending ignores activities older than 7 days', async () => {
    await testbed.sql(
      `insert into activities (id, author_id, message, like_count, created_at, expires_at)
      select cast(lpad(to_hex(cast(extract(epoch from made) * 1000 as bigint)), 12, '0') || '70008000000000000000' as uuid),
        $1, 'Once famous.', 1000, made, now() + interval '10 days' from (select now() - interval '8 days' as made) as old`,
      [ada.id],
    );
    const { data } = await testbed.request('{ trending(first: 100) { message } }');
    expect(data.trending).not.toContainEqual({ message: 'Once famous.' });
    expect((await testbed.request('{ trending { message } }')).data.trending).toHaveLength(5);
  });

  test('trending computes the order once for all aliases and returns current rows', async () => {
    await wait(2_100);
    const aliases = Array.from({ length: 10 }, (_, index) => `a${index}: trending(first: ${index + 1}) { id }`);
    const { result, requests } = await observeStores(() => testbed.request(`{ ${aliases.join(' ')} }`));
    const ordered = requests.filter(({ statement }) => statement.includes('ORDER BY "activity"."like_count"'));
    expect(ordered).toHaveLength(1);
    const [{ id }] = result.data.a9;
    await testbed.sql('update activities set deleted_at = now() where id = $1', [id]);
    const { data } = await testbed.request('{ trending(first: 100) { id } }');
    expect(data.trending).not.toContainEqual({ id });
  });

  test.each([0, 101])('trending rejects first: %d', async (first) => {
    expect(badPaths(await testbed.request(`{ trending(first: ${first}) { id } }`))).toEqual(['first']);
  });

  test.each(['nonsense', 'W10'])('every list rejects the cursor %s', async (after) => {
    const roots = [
      'feed(after: $after)',
      'searchActivities(query: "x", after: $after)',
      'notifications(after: $after)',
    ];
    for (const root of roots) {
      const document = `query ($after: String) { ${root} { edges { cursor } } }`;
      expect(badPaths(await testbed.request(document, { caller: ada, variables: { after } }))).toEqual(['after']);
    }
  });
});

describe('searchActivities', () => {
  test.each([
    ['gouache', ['A gouache fox', 'Gouache and Ölfarbe', 'Painting with gouache']],
    ['paint', ['Painting with gouache']],
    ['"gouache fox"', ['A gouache fox']],
    ['gouache -fox', ['Gouache and Ölfarbe', 'Painting with gouache']],
    ['fox or painting', ['A gouache fox', 'Painting with gouache']],
    ['ÖLFARBE', ['Gouache and Ölfarbe']],
    ['zeppelin', []],
    ['gouache -gouache', []],
    ['the', []],
    [`'; drop table users; --`, []],
  ])('%s', async (query, messages) => {
    const painter = await painting;
    const document = `query ($query: String!) { searchActivities(query: $query, first: 100) { edges { node { message author { id } } } } }`;
    const { data } = await testbed.request(document, { variables: { query } });
    const found: { message: string; author: { id: string } }[] = data.searchActivities.edges.map(
      (edge: { node: object }) => edge.node,
    );
    expect(found.filter(({ author }) => author.id === painter).map(({ message }) => message)).toEqual(messages);
  });

  test('pages through the matches', async () => {
    for (let count = 0; count < 3; count += 1) await testbed.post(ada, `Marzipan ${count}`);
    const document = `query ($after: String) { searchActivities(query: "marzipan", first: 2, after: $after) {
      edges { node { message } } pageInfo { endCursor hasNextPage } } }`;
    const first = (await testbed.request(document)).data.searchActivities;
    const second = (await testbed.request(document, { variables: { after: first.pageInfo.endCursor } })).data
      .searchActivities;
    expect([...first.edges, ...second.edges].map(({ node }) => node.message)).toEqual([
      'Marzipan 2',
      'Marzipan 1',
      'Marzipan 0',
    ]);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  test.each(['', '   ', 'x'.repeat(201)])('rejects the query "%s"', async (query) => {
    const document = 'query ($query: String!) { searchActivities(query: $query) { edges { cursor } } }';
    expect(badPaths(await testbed.request(document, { variables: { query } }))).toEqual(['query']);
  });

  let painting: Promise<string>;
  beforeAll(() => {
    painting = (async () => {
      const painter = await testbed.person();
      for (const message of ['Painting with gouache', 'Gouache and Ölfarbe', 'A gouache fox'])
        await testbed.post(painter, message);
      return painter.id;
    })();
  });
});

describe('with many activities', () => {
  beforeAll(async () => {
    await testbed.sql(
      `insert into activities (id, author_id, message, created_at, expires_at)
      select cast(lpad(to_hex(cast(extract(epoch from made) * 1000 as bigint)), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0') as uuid),
        $1, 'Filler ' || md5(n::text), made, made + interval '30 days'
      from (select n, now() - n * interval '5 minutes' as made from generate_series(1, 20000) n) as filler`,
      [ada.id],
    );
    await testbed.sql('vacuum analyze activities, hidden_authors');
  });

  test.each(['marzipan', '"marzipan fox"', 'marzipan -zeppelin', 'zeppelin or marzipan'])(
    'a search for %s finds a match behind thousands of newer activities',
    async (query) => {
      await testbed.sql(
        `insert into activities (id, author_id, message, created_at, expires_at)
        select cast(lpad(to_hex(cast(extract(epoch from made) * 1000 as bigint)), 12, '0') || '70008000' || left(md5($2), 12) as uuid),
          $1, 'An old marzipan fox', made, now() + interval '1 day' from (select now() - interval '20 days' as made) as old`,
        [ada.id, query],
      );
      const document = 'query ($query: String!) { searchActivities(query: $query) { edges { node { message } } } }';
      const { data } = await testbed.request(document, { variables: { query } });
      expect(data.searchActivities.edges).toContainEqual({ node: { message: 'An old marzipan fox' } });
    },
  );

  test.each([
    ['the feed', '{ feed { edges { cursor } } }', /activities_feed/],
    ['trending', '{ trending { id } }', /activities_feed/],
    ['a search', '{ searchActivities(query: "marzipan") { edges { cursor } } }', /activities_search/],
  ])('%s uses an index', async (name, document, index) => {
    // Until the order of earlier tests has expired.
    if (name === 'trending') await wait(2_100);
    const { requests } = await observeStores(() => testbed.request(document));
    expect(requests).toHaveLength(1);
    const plan = await planOf(requests[0]?.statement ?? '');
    expect(plan).toMatch(index);
    expect(plan).not.toContain('Seq Scan on activities');
  });

  test('the feed uses an index whatever its parameters are, as the server plans a statement with a name', async () => {
    const { requests } = await observeStores(() => testbed.request('{ feed { edges { cursor } } }'));
    const plan = await explain(`(generic_plan) ${requests[0]?.statement}`);
    expect(plan).toMatch(/activities_feed/);
    expect(plan).not.toContain('Sort');
  });
});

/** Explains an observed statement, with realistic values for its parameters. */
async function planOf(statement: string): Promise<string> {
  const [{ week } = { week: '' }] = await testbed.sql<{ week: string }>(
    `select lpad(to_hex(cast(extract(epoch from now() - interval '7 days') * 1000 as bigint)), 12, '0') || '70008000000000000000' as week`,
  );
  const filled = statement
    .replace(/(\bid"?) > \$\d+/g, `$1 > '${week}'`)
    .replace(/(\bid"?) < \$\d+/g, `$1 < 'ffffffff-ffff-ffff-ffff-ffffffffffff'`)
    .replace(/cast\(\$\d+ as text\)/g, `'marzipan'`)
    .replace(/LIMIT \$\d+/i, 'LIMIT 21');
  return explain(filled);
}

async function explain(statement: string): Promise<string> {
  const plan = await testbed.sql<{ 'QUERY PLAN': string }>(`explain ${statement}`);
  return plan.map((line) => line['QUERY PLAN']).join('\n');
}

interface List {
  edges: { node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function feed(variables: object): Promise<List & { ids: string[] }> {
  const document = `query ($first: Int, $after: String) { feed(first: $first, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
  const list: List = (await testbed.request(document, { variables })).data.feed;
  return { ...list, ids: idsOf(list) };
}

function idsOf({ edges }: List): string[] {
  return edges.map(({ node }) => node.id);
}
