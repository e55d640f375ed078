import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';
import { observeStatements } from '../fixtures/observe-statements.js';

let fixture: JobFixture;
beforeAll(async () => {
  fixture = await openJobFixture();
});
afterAll(() => fixture.close());

const hiring = userCaller('HIRING_USER');

const page = `query ($first: Int) { freelancers(first: $first) { edges { node {
  name owner { id } avatar { id } audiences { label } styles { label } genres { label } imageTags { label } isFavorite
  portfolio { title media { id } tags { label } } validActions
  internal { reviewOwner { id } notes(first: 3) { edges { node { body author { id } } } }
    feedback(first: 3) { edges { node { body } } } } } } } }`;

/** Adds profiles with everything that a profile can have. */
async function fill(count: number): Promise<void> {
  await fixture.sql(
    `insert into freelancer_profiles (id, owner_id, slug, name, avatar_id, audience_ids, genre_ids, status)
     select gen_random_uuid(), gen_random_uuid(), 'p-' || n, 'P ' || n, gen_random_uuid(), array[$2::uuid], array[$3::uuid], 'APPROVED'
     from generate_series(1, $1::int) n`,
    [count, fixture.audience, fixture.genre],
  );
  await fixture.sql(
    `insert into portfolio_assets (id, profile_id, title, type, media_id, review, tag_ids, position)
     select gen_random_uuid(), id, 'Piece ' || n, 'IMAGE', gen_random_uuid(), 'APPROVED', array[$1::uuid], n
     from freelancer_profiles, generate_series(1, 3) n`,
    [await fixture.addTerm('IMAGE_TAG', 'dragon')],
  );
  await fixture.sql('insert into favorites (user_id, profile_id) select $1, id from freelancer_profiles', [hiring.id]);
  await fixture.sql(`insert into profile_notes (id, profile_id, kind, author_id, body)
    select gen_random_uuid(), id, 'FIT', owner_id, 'Good.' from freelancer_profiles`);
  await fixture.sql(`insert into feedback (id, profile_id, author_id, body)
    select gen_random_uuid(), id, owner_id, 'Good.' from freelancer_profiles`);
}

async function statements(first: number): Promise<string[]> {
  const { result, requests } = await observeStatements(() => fixture.execute(page, hiring, { first }));
  const { edges } = result.freelancers;
  expect(edges).toHaveLength(first);
  for (const { node } of edges)
    expect(node).toMatchObject({ isFavorite: true, genres: [{}], portfolio: [{ tags: [{}] }, {}, {}] });
  return requests.map(({ statement }) => / from "?(?:\w+"?\.")?(\w+)/i.exec(statement)?.[1] ?? statement).sort();
}

test('a page of a hundred profiles with all fields costs as many statements as a page of two', async () => {
  await fill(100);
  const few = await statements(2);
  expect(few).toHaveLength(5);
  expect(await statements(100)).toEqual(few);
});
