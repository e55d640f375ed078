import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { v7 } from 'uuid';
import { openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

const page = `query ($after: String) { freelancers(filter: { search: "lantern" }, sort: RELEVANCE, first: 100, after: $after) {
  edges { node { slug } } pageInfo { hasNextPage endCursor } } }`;

/** Adds public profiles in succession. All their summaries contain the search word. */
async function add(name: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => v7());
  const rows: { slug: string }[] = await fixture.sql(
    `insert into freelancer_profiles (id, owner_id, slug, name, folded_name, summary, status)
     select id, id, $2 || '-' || number, $2, $2, 'A lantern for ' || number, 'APPROVED'
     from unnest($1::uuid[]) with ordinality as made (id, number) returning slug`,
    [ids, name],
  );
  return rows.map(({ slug }) => slug);
}

test('lists each match once while profiles are added, ranked ones first, if there are more matches than are ranked', async () => {
  const [oldest = ''] = await add('lantern-maker', 1);
  const known = [oldest, ...(await add('person', 620))];
  const [best = ''] = await add('lantern', 1);
  const found: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { freelancers } = await fixture.execute(page, guest, { after });
    found.push(...freelancers.edges.map(({ node }: { node: { slug: string } }) => node.slug));
    ({ endCursor: after, hasNextPage: more } = freelancers.pageInfo);
    await add(`late-${found.length}`, 3);
  }
  expect(found[0]).toBe(best);
  expect(found.at(-1)).toBe(oldest);
  expect(found.filter((slug) => !slug.startsWith('late')).sort()).toEqual([...known, best].sort());
  expect(new Set(found).size).toBe(found.length);
});
