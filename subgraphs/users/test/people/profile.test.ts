import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { badPaths, codes, gateway, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let world: UsersTestbed;
beforeAll(async () => void (world = await openUsersTestbed()));
afterAll(() => world.close());

describe('updateProfile', () => {
  test('changes what is given and leaves the rest', async () => {
    const caller = await world.person();
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

  test('null and blank clear what a profile may lack', async () => {
    const caller = await world.person();
    await update(caller, { bio: 'Draws.', pronouns: 'he/him', links: [{ label: 'a', url: 'https://example.com' }] });
    const { data } = await update(caller, { bio: null, pronouns: '   ', links: null });
    expect(data.updateProfile.user).toMatchObject({ bio: null, pronouns: null, links: [] });
  });

  test('nothing given changes nothing', async () => {
    const caller = await world.person('FREELANCER', 'Quiet One');
    expect((await update(caller, {})).data.updateProfile.user.displayName).toBe('Quiet One');
  });

  test('a name and a handle cannot be cleared', async () => {
    const answer = await update(await world.person(), { handle: null, displayName: null });
    expect(badPaths(answer)).toEqual(['input.handle', 'input.displayName']);
  });

  test('every problem is told at once, at its path', async () => {
    const links = [
      { label: '', url: 'https://example.com' },
      { label: 'x', url: 'javascript:alert(1)' },
      { label: 'x', url: 'ftp://example.com' },
    ];
    const answer = await update(await world.person(), { handle: 'No!', displayName: ' ', bio: 'x'.repeat(501), links });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(badPaths(answer)).toEqual([
      'input.handle',
      'input.displayName',
      'input.bio',
      'input.links.0.label',
      'input.links.1.url',
      'input.links.2.url',
    ]);
  });

  test('takes up to 10 links', async () => {
    const caller = await world.person();
    const links = Array.from({ length: 11 }, (_, index) => ({ label: 'x', url: `https://example.com/${index}` }));
    expect((await update(caller, { links: links.slice(0, 10) })).errors).toEqual([]);
    expect(badPaths(await update(caller, { links }))).toEqual(['input.links']);
  });

  test('refuses a link to what is no address', async () => {
    const links = [{ label: 'x', url: 'nowhere' }];
    expect(codes(await update(await world.person(), { links }))).toEqual(['BAD_USER_INPUT']);
  });

  test('counts characters as people see them', async () => {
    const caller = await world.person();
    const family = '👩‍👩‍👧‍👦';
    expect((await update(caller, { displayName: family.repeat(100), bio: 'e\u0301'.repeat(500) })).errors).toEqual([]);
    expect(badPaths(await update(caller, { displayName: family.repeat(101) }))).toEqual(['input.displayName']);
  });

  test('refuses control characters and names that nobody can see', async () => {
    const caller = await world.person();
    expect(badPaths(await update(caller, { displayName: 'a\u0000b' }))).toEqual(['input.displayName']);
    expect(badPaths(await update(caller, { displayName: '\u200b' }))).toEqual(['input.displayName']);
    const links = [{ label: 'half \ud83e', url: 'https://example.com' }];
    expect(badPaths(await update(caller, { links }))).toEqual(['input.links.0.label']);
  });

  test('nobody makes themselves verified or an admin', async () => {
    const caller = await world.person();
    expect(codes(await update(caller, { verified: true }))).toEqual(['BAD_USER_INPUT']);
    expect(codes(await update(caller, { role: 'ADMIN' }))).toEqual(['BAD_USER_INPUT']);
  });

  test('needs a user', async () => {
    expect(codes(await update({ kind: 'guest' }, {}))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await update(machineCaller(), {}))).toEqual(['FORBIDDEN']);
    expect(codes(await update(userCaller(), {}))).toEqual(['UNAUTHENTICATED']);
  });
});

describe('A handle', () => {
  test.each(['ab', 'x'.repeat(31), 'Ada', 'a-b-c', 'a b c', 'ädä', ''])(
    'is refused by its form: "%s"',
    async (handle) => {
      expect(badPaths(await update(await world.person(), { handle }))).toEqual(['input.handle']);
    },
  );

  test.each(['admin', 'root', 'support', 'graphql', 'marquee', 'deleted_person'])('is reserved: %s', async (handle) => {
    expect(badPaths(await update(await world.person(), { handle }))).toEqual(['input.handle']);
  });

  test('is taken only once, also when two ask at the same time', async () => {
    const people = await Promise.all([world.person(), world.person(), world.person()]);
    const answers = await Promise.all(people.map((caller) => update(caller, { handle: 'contested' })));
    expect(answers.flatMap(codes)).toEqual(['CONFLICT', 'CONFLICT']);
  });

  test('is free for others once it is changed', async () => {
    const [first, second] = [await world.person(), await world.person()];
    await update(first, { handle: 'passed_on' });
    await update(first, { handle: 'passed_on_2' });
    expect((await update(second, { handle: 'passed_on' })).errors).toEqual([]);
  });

  test('finds its user without regard to case', async () => {
    const caller = await world.person();
    await update(caller, { handle: 'case_free' });
    expect((await world.request('{ user(handle: "Case_FREE") { id } }')).data.user).toEqual({ id: caller.id });
  });
});

describe('deleteMyAccount', () => {
  const remove = 'mutation ($input: DeleteMyAccountInput!) { deleteMyAccount(input: $input) { user { id handle } } }';

  test('blanks the person, frees the handle and keeps what they posted', async () => {
    const caller = await world.person('FREELANCER', 'Leaving Soon');
    await update(caller, { handle: 'leaving', bio: 'Bye.', location: 'Oslo' });
    const activity = await world.post(caller, 'My last words.');
    const { errors, data } = await world.request(remove, {
      caller,
      variables: { input: { confirmHandle: 'leaving' } },
    });
    expect(errors).toEqual([]);
    expect(data.deleteMyAccount.user.handle).toMatch(/^deleted_/);
    const document = `query ($id: ID!) { user(handle: "leaving") { id } activity(id: $id) {
      message author { displayName bio location links { url } } } }`;
    expect((await world.request(document, { variables: { id: activity } })).data).toEqual({
      user: null,
      activity: {
        message: 'My last words.',
        author: { displayName: 'deleted user', bio: null, location: null, links: [] },
      },
    });
    const rows = await world.sql<object>('select * from users where id = $1', [caller.id]);
    expect(JSON.stringify(rows)).not.toMatch(/Leaving|@example|Oslo|leaving/);
    expect((await update(await world.person(), { handle: 'leaving' })).errors).toEqual([]);
  });

  test('keeps the account closed when its subject comes back', async () => {
    const caller = await world.person();
    await world.request(remove, { caller, variables: { input: {} } });
    const variables = { sub: caller.sub };
    const again = await world.request(
      'query ($sub: String!) { principal(sub: $sub, email: "a@b.example") { id isActive } }',
      {
        caller: gateway,
        variables,
      },
    );
    expect(again.data.principal).toEqual({ id: caller.id, isActive: false });
    expect(await world.sql('select email from users where id = $1', [caller.id])).toEqual([{ email: null }]);
  });

  test('lets a caller who still counts for some seconds write nothing more', async () => {
    const caller = await world.person();
    const activity = await world.post(await world.person(), 'Hello.');
    await world.request(remove, { caller, variables: { input: {} } });
    expect(codes(await update(caller, { displayName: 'Back' }))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await world.like(caller, activity))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await world.request(remove, { caller, variables: { input: {} } }))).toEqual(['UNAUTHENTICATED']);
  });

  test("does nothing when another account's handle is confirmed", async () => {
    const caller = await world.person();
    const answer = await world.request(remove, { caller, variables: { input: { confirmHandle: 'someone_else' } } });
    expect(badPaths(answer)).toEqual(['input.confirmHandle']);
    expect((await update(caller, {})).errors).toEqual([]);
  });

  test('needs a user', async () => {
    expect(codes(await world.request(remove, { variables: { input: {} } }))).toEqual(['UNAUTHENTICATED']);
  });
});

function update(caller: Caller, input: object): Promise<GraphqlResponse> {
  const document = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
    user { handle displayName bio pronouns location links { label url } } } }`;
  return world.request(document, { caller, variables: { input } });
}
