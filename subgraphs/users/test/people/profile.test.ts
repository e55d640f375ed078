import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { badPaths, codes, gateway, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterAll(() => testbed.close());

describe('updateProfile', () => {
  test('changes given values and keeps the others', async () => {
    const caller = await testbed.person();
    const links = [{ label: ' Work ', url: 'https://example.com/work' }];
    await update(caller, { displayName: '  Ada L.  ', bio: 'Draws.', pronouns: 'she/her', location: 'Turin', links });
    const { data } = await update(caller, { handle: 'ada_l' });
    expect(data.updateProfile.user).toEqual({
      handle: 'ada_l',
      displayName: 'Ada L.',
      bio: 'Draws.',
      pronouns: 'she/her',
      location: 'Turin',
      links: [{ label: 'Work', url: 'https://example.com/work' }],
    });
  });

  test('clears optional values for null and blank', async () => {
    const caller = await testbed.person();
    await update(caller, { bio: 'Draws.', pronouns: 'he/him', links: [{ label: 'a', url: 'https://example.com' }] });
    const { data } = await update(caller, { bio: null, pronouns: '   ', links: null });
    expect(data.updateProfile.user).toMatchObject({ bio: null, pronouns: null, links: [] });
  });

  test('changes nothing without values', async () => {
    const caller = await testbed.person('FREELANCER', 'Quiet One');
    expect((await update(caller, {})).data.updateProfile.user.displayName).toBe('Quiet One');
  });

  test('rejects null for displayName and handle', async () => {
    const response = await update(await testbed.person(), { handle: null, displayName: null });
    expect(badPaths(response)).toEqual(['input.handle', 'input.displayName']);
  });

  test('reports every problem with its path', async () => {
    const links = [
      { label: '', url: 'https://example.com' },
      { label: 'x', url: 'javascript:alert(1)' },
      { label: 'x', url: 'ftp://example.com' },
    ];
    const response = await update(await testbed.person(), {
      handle: 'No!',
      displayName: ' ',
      bio: 'x'.repeat(501),
      links,
    });
    expect(codes(response)).toEqual(['BAD_USER_INPUT']);
    expect(badPaths(response)).toEqual([
      'input.handle',
      'input.displayName',
      'input.bio',
      'input.links.0.label',
      'input.links.1.url',
      'input.links.2.url',
    ]);
  });

  test('accepts up to 10 links', async () => {
    const caller = await testbed.person();
    const links = Array.from({ length: 11 }, (_, index) => ({ label: 'x', url: `https://example.com/${index}` }));
    expect((await update(caller, { links: links.slice(0, 10) })).errors).toEqual([]);
    expect(badPaths(await update(caller, { links }))).toEqual(['input.links']);
  });

  test('rejects a link without a valid address', async () => {
    const links = [{ label: 'x', url: 'nowhere' }];
    expect(codes(await update(await testbed.person(), { links }))).toEqual(['BAD_USER_INPUT']);
  });

  test('counts user-perceived characters', async () => {
    const caller = await testbed.person();
    const family = '👩‍👩‍👧‍👦';
    expect((await update(caller, { displayName: family.repeat(100), bio: 'e\u0301'.repeat(500) })).errors).toEqual([]);
    expect(badPaths(await update(caller, { displayName: family.repeat(101) }))).toEqual(['input.displayName']);
  });

  test('rejects control characters and invisible names', async () => {
    const caller = await testbed.person();
    expect(badPaths(await update(caller, { displayName: 'a\u0000b' }))).toEqual(['input.displayName']);
    expect(badPaths(await update(caller, { displayName: '\u200b' }))).toEqual(['input.displayName']);
    const links = [{ label: 'half \ud83e', url: 'https://example.com' }];
    expect(badPaths(await update(caller, { links }))).toEqual(['input.links.0.label']);
  });

  test('has no fields for verified and role', async () => {
    const caller = await testbed.person();
    expect(codes(await update(caller, { verified: true }))).toEqual(['BAD_USER_INPUT']);
    expect(codes(await update(caller, { role: 'ADMIN' }))).toEqual(['BAD_USER_INPUT']);
  });

  test('rejects guests and machine clients', async () => {
    expect(codes(await update({ kind: 'guest' }, {}))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await update(machineCaller(), {}))).toEqual(['FORBIDDEN']);
    expect(codes(await update(userCaller(), {}))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('a handle', () => {
  test.each(['ab', 'x'.repeat(31), 'Ada', 'a-b-c', 'a b c', 'ädä', ''])(
    'is refused by its form: "%s"',
    async (handle) => {
      expect(badPaths(await update(await testbed.person(), { handle }))).toEqual(['input.handle']);
    },
  );

  test.each(['admin', 'root', 'support', 'graphql', 'marquee', 'deleted_person'])(
    'is rejected if it is reserved: %s',
    async (handle) => {
      expect(badPaths(await update(await testbed.person(), { handle }))).toEqual(['input.handle']);
    },
  );

  test('is assigned once among concurrent requests', async () => {
    const people = await Promise.all([testbed.person(), testbed.person(), testbed.person()]);
    const answers = await Promise.all(people.map((caller) => update(caller, { handle: 'contested' })));
    expect(answers.flatMap(codes)).toEqual(['CONFLICT', 'CONFLICT']);
  });

  test('becomes available when its user changes it', async () => {
    const [first, second] = [await testbed.person(), await testbed.person()];
    await update(first, { handle: 'passed_on' });
    await update(first, { handle: 'passed_on_2' });
    expect((await update(second, { handle: 'passed_on' })).errors).toEqual([]);
  });

  test('is matched in any case', async () => {
    const caller = await testbed.person();
    await update(caller, { handle: 'case_free' });
    expect((await testbed.request('{ user(handle: "Case_FREE") { id } }')).data.user).toEqual({ id: caller.id });
  });
});

describe('deleteMyAccount', () => {
  const remove = 'mutation ($input: DeleteMyAccountInput!) { deleteMyAccount(input: $input) { user { id handle } } }';

  test('erases personal data, activities and likes, and releases the handle', async () => {
    const caller = await testbed.person('FREELANCER', 'Leaving Soon');
    await update(caller, { handle: 'leaving', bio: 'Bye.', location: 'Oslo' });
    const other = await testbed.post(await testbed.person(), 'Anyone here?');
    const activity = await testbed.post(caller, 'My last words, from Oslo.');
    await testbed.reply(caller, other, 'I am, in Oslo.');
    await testbed.like(caller, other);
    const { errors, data } = await testbed.request(remove, {
      caller,
      variables: { input: { confirmHandle: 'leaving' } },
    });
    expect(errors).toEqual([]);
    expect(data.deleteMyAccount.user.handle).toMatch(/^deleted_/);
    const document = `query ($id: ID!, $other: ID!) { user(handle: "leaving") { id } activity(id: $id) { id }
      other: activity(id: $other) { likeCount replyCount replies { edges { node { id } } } } }`;
    expect((await testbed.request(document, { variables: { id: activity, other } })).data).toEqual({
      user: null,
      activity: null,
      other: { likeCount: 0, replyCount: 0, replies: { edges: [] } },
    });
    const rows = await testbed.sql<object>(
      'select users.*, activities.message from users join activities on author_id = users.id where users.id = $1',
      [caller.id],
    );
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/Leaving|@example|Oslo|leaving/);
    expect((await update(await testbed.person(), { handle: 'leaving' })).errors).toEqual([]);
  });

  test('keeps the account closed when its subject signs in again', async () => {
    const caller = await testbed.person();
    await testbed.request(remove, { caller, variables: { input: {} } });
    const variables = { sub: caller.sub };
    const again = await testbed.request(
      'query ($sub: String!) { principal(sub: $sub, email: "a@b.example") { id isActive } }',
      {
        caller: gateway,
        variables,
      },
    );
    expect(again.data.principal).toEqual({ id: caller.id, isActive: false });
    expect(await testbed.sql('select email from users where id = $1', [caller.id])).toEqual([{ email: null }]);
  });

  test('rejects writes of a caller that was signed before the deletion', async () => {
    const caller = await testbed.person();
    const activity = await testbed.post(await testbed.person(), 'Hello.');
    await testbed.request(remove, { caller, variables: { input: {} } });
    expect(codes(await update(caller, { displayName: 'Back' }))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await testbed.like(caller, activity))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await testbed.request(remove, { caller, variables: { input: {} } }))).toEqual(['UNAUTHENTICATED']);
  });

  test("rejects the confirmation of another account's handle", async () => {
    const caller = await testbed.person();
    const response = await testbed.request(remove, { caller, variables: { input: { confirmHandle: 'someone_else' } } });
    expect(badPaths(response)).toEqual(['input.confirmHandle']);
    expect((await update(caller, {})).errors).toEqual([]);
  });

  test('rejects guests and machine clients', async () => {
    expect(codes(await testbed.request(remove, { variables: { input: {} } }))).toEqual(['UNAUTHENTICATED']);
  });
});

function update(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
    user { handle displayName bio pronouns location links { label url } } } }`;
  return testbed.request(document, { caller, variables: { input } });
}
