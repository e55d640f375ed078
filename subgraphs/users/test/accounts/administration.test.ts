import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { codes, gateway, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let admin: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  admin = await testbed.person('ADMIN');
});
afterAll(() => testbed.close());

describe('an admin', () => {
  test('sets a role with immediate effect', async () => {
    const person = await testbed.person();
    const response = await setRole(admin, person.id, 'REVIEWER');
    expect(response.data.setUserRole.user.account.role).toBe('REVIEWER');
    expect(await principalOf(person)).toMatchObject({ role: 'REVIEWER' });
  });

  test('deactivates and activates an account', async () => {
    const person = await testbed.person();
    await setActive(admin, person.id, false);
    expect(await principalOf(person)).toMatchObject({ isActive: false });
    await setActive(admin, person.id, true);
    expect(await principalOf(person)).toMatchObject({ isActive: true });
  });

  test('verifies a user', async () => {
    const person = await testbed.person();
    expect((await setVerified(admin, person.id, true)).data.setUserVerified.user).toEqual({ verified: true });
    expect((await setVerified(admin, person.id, false)).data.setUserVerified.user).toEqual({ verified: false });
  });

  test('cannot deactivate their own account', async () => {
    expect(codes(await setActive(admin, admin.id, false))).toEqual(['FORBIDDEN']);
  });

  test.each(['019a0000-0000-7000-8000-ffffffffffff', 'not-an-id'])('gets NOT_FOUND for the user %s', async (userId) => {
    expect(codes(await setRole(admin, userId, 'ADMIN'))).toEqual(['NOT_FOUND']);
    expect(codes(await setRole(admin, userId, 'FREELANCER'))).toEqual(['NOT_FOUND']);
    expect(codes(await setActive(admin, userId, true))).toEqual(['NOT_FOUND']);
    expect(codes(await setVerified(admin, userId, true))).toEqual(['NOT_FOUND']);
  });

  test('cannot activate a deleted account', async () => {
    const person = await testbed.person();
    await deleteAccount(person);
    expect(codes(await setActive(admin, person.id, true))).toEqual(['NOT_FOUND']);
    expect(codes(await setRole(admin, person.id, 'ADMIN'))).toEqual(['NOT_FOUND']);
  });
});

describe('a caller who is not an admin', () => {
  const others: [Caller, string][] = [
    [{ kind: 'guest' }, 'UNAUTHENTICATED'],
    [machineCaller('shows.write'), 'FORBIDDEN'],
    [{ kind: 'user', id: 'x', sub: 'x', role: 'REVIEWER', scopes: [] }, 'FORBIDDEN'],
    [{ kind: 'user', id: 'x', sub: 'x', role: 'HIRING_USER', scopes: [] }, 'FORBIDDEN'],
    [{ kind: 'user', id: 'x', sub: 'x', role: 'FREELANCER', scopes: [] }, 'FORBIDDEN'],
  ];
  test.each(others)('%o gets %s', async (caller, code) => {
    expect(codes(await setRole(caller, admin.id, 'FREELANCER'))).toEqual([code]);
    expect(codes(await setActive(caller, admin.id, false))).toEqual([code]);
    expect(codes(await setVerified(caller, admin.id, true))).toEqual([code]);
    expect(await principalOf(admin)).toEqual({ role: 'ADMIN', isActive: true });
  });
});

describe('a caller whose signed role is ADMIN', () => {
  const demote = (id: string) => testbed.sql(`update users set role = 'FREELANCER' where id = $1`, [id]);
  const deactivate = (id: string) => testbed.sql('update users set is_active = false where id = $1', [id]);

  test.each([
    ['was demoted', demote, 'FORBIDDEN'],
    ['was deactivated', deactivate, 'UNAUTHENTICATED'],
  ])('but who %s cannot administer any account, including their own', async (_, end, code) => {
    const [former, person] = [await testbed.person('ADMIN'), await testbed.person()];
    await end(former.id);
    expect(codes(await setRole(former, former.id, 'ADMIN'))).toEqual([code]);
    expect(codes(await setRole(former, person.id, 'ADMIN'))).toEqual([code]);
    expect(codes(await setActive(former, person.id, false))).toEqual([code]);
    expect(codes(await setVerified(former, person.id, true))).toEqual([code]);
    expect(await principalOf(former)).not.toEqual({ role: 'ADMIN', isActive: true });
    expect(await principalOf(person)).toEqual({ role: 'FREELANCER', isActive: true });
  });

  test.each([
    ['was demoted', demote, 'FORBIDDEN'],
    ['was deactivated', deactivate, 'UNAUTHENTICATED'],
  ])('but who %s deletes no activities of others', async (_, end, code) => {
    const [former, person] = [await testbed.person('ADMIN'), await testbed.person()];
    const activityId = await testbed.post(person, 'Still here.');
    await end(former.id);
    const document = 'mutation ($input: DeleteActivityInput!) { deleteActivity(input: $input) { activityId } }';
    const response = await testbed.request(document, { caller: former, variables: { input: { activityId } } });
    expect(codes(response)).toEqual([code]);
    const { data } = await testbed.request('query ($id: ID!) { activity(id: $id) { message } }', {
      variables: { id: activityId },
    });
    expect(data.activity).toEqual({ message: 'Still here.' });
  });

  test.each([
    ['was demoted', demote],
    ['was deactivated', deactivate],
  ])('but who %s sees no accounts, roles or deactivated users', async (_, end) => {
    const [former, person] = [await testbed.person('ADMIN'), await testbed.person('FREELANCER', 'Out Of Sight')];
    await deactivate(person.id);
    await end(former.id);
    const document = `query ($id: ID!) {
      user(id: $id) { account { email } displayName }
      users(search: "Out Of Sight") { edges { node { id } } }
      admins: users(role: ADMIN) { edges { node { id } } } }`;
    const { data, errors } = await testbed.request(document, { caller: former, variables: { id: person.id } });
    expect(data).toEqual({ user: { account: null, displayName: 'deleted user' }, users: { edges: [] }, admins: null });
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([[['admins'], 'FORBIDDEN']]);
  });

  test('but who is demoted concurrently cannot restore their role', async () => {
    const [former, person] = [await testbed.person('ADMIN'), await testbed.person()];
    const answers = await Promise.all([
      setRole(admin, former.id, 'FREELANCER'),
      ...Array.from({ length: 5 }, () => setRole(former, former.id, 'ADMIN')),
      setRole(former, person.id, 'ADMIN'),
    ]);
    expect(codes(answers[0])).toEqual([]);
    expect(await principalOf(former)).toEqual({ role: 'FREELANCER', isActive: true });
  });
});

describe('the last active admin', () => {
  // An admin who was demoted concurrently may have made another one before.
  beforeAll(() => onlyAdmins(admin));

  test('cannot be demoted or deleted', async () => {
    expect(codes(await setRole(admin, admin.id, 'REVIEWER'))).toEqual(['CONFLICT']);
    expect(codes(await deleteAccount(admin))).toEqual(['CONFLICT']);
    expect(await principalOf(admin)).toEqual({ role: 'ADMIN', isActive: true });
  });

  test('can be assigned the role ADMIN again', async () => {
    expect((await setRole(admin, admin.id, 'ADMIN')).errors).toEqual([]);
  });

  test.each(['setRole', 'setActive'])('cannot remove themselves by their id in capitals with %s', async (name) => {
    const id = admin.id.toUpperCase();
    const response = await (name === 'setRole' ? setRole(admin, id, 'FREELANCER') : setActive(admin, id, false));
    expect(codes(response)).toEqual([name === 'setRole' ? 'CONFLICT' : 'FORBIDDEN']);
    expect(await principalOf(admin)).toEqual({ role: 'ADMIN', isActive: true });
  });

  test('remains when two admins repeatedly remove each other concurrently', async () => {
    const [a, b] = await Promise.all([testbed.person('ADMIN'), testbed.person('ADMIN')]);
    for (let round = 0; round < 10; round += 1) {
      await onlyAdmins(a, b);
      const answers = await Promise.all([setRole(a, b.id, 'REVIEWER'), setActive(b, a.id, false)]);
      expect(answers.flatMap(codes)).toEqual([expect.stringMatching(/FORBIDDEN|UNAUTHENTICATED/)]);
    }
    await onlyAdmins(admin);
  });

  test('remains when all admins demote, deactivate and delete each other concurrently', async () => {
    const admins = [
      admin,
      ...(await Promise.all([testbed.person('ADMIN'), testbed.person('ADMIN'), testbed.person('ADMIN')])),
    ];
    const [a, b, c, d] = admins as [UserCaller, UserCaller, UserCaller, UserCaller];
    const answers = await Promise.all([
      setRole(a, b.id, 'FREELANCER'),
      setActive(b, a.id, false),
      setRole(c, d.id, 'REVIEWER'),
      deleteAccount(c),
    ]);
    expect(answers.flatMap(codes)).not.toEqual([]);
    expect(await testbed.sql(`select from users where role = 'ADMIN' and is_active`)).not.toEqual([]);
  });
});

async function onlyAdmins(...admins: UserCaller[]): Promise<void> {
  const statement = `update users set role = case when id = any($1) then 'ADMIN' else 'FREELANCER' end, is_active = true
    where deleted_at is null`;
  await testbed.sql(statement, [admins.map(({ id }) => id)]);
}

async function principalOf({ sub }: UserCaller): Promise<object> {
  const document = 'query ($sub: String!) { principal(sub: $sub) { role isActive } }';
  return (await testbed.request(document, { caller: gateway, variables: { sub } })).data.principal;
}

function setRole(caller: Caller, userId: string, role: string): Promise<GraphqlResponse> {
  const document = 'mutation ($input: SetUserRoleInput!) { setUserRole(input: $input) { user { account { role } } } }';
  return testbed.request(document, { caller, variables: { input: { userId, role } } });
}

function setActive(caller: Caller, userId: string, isActive: boolean): Promise<GraphqlResponse> {
  const document = 'mutation ($input: SetUserActiveInput!) { setUserActive(input: $input) { user { id } } }';
  return testbed.request(document, { caller, variables: { input: { userId, isActive } } });
}

function setVerified(caller: Caller, userId: string, verified: boolean): Promise<GraphqlResponse> {
  const document = 'mutation ($input: SetUserVerifiedInput!) { setUserVerified(input: $input) { user { verified } } }';
  return testbed.request(document, { caller, variables: { input: { userId, verified } } });
}

function deleteAccount(caller: Caller): Promise<GraphqlResponse> {
  return testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller });
}
