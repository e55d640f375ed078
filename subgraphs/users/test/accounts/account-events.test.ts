import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let admin: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  admin = await testbed.person('ADMIN');
});
afterAll(() => testbed.close());

test('each change of an account emits its event, and a visit or a change of other fields none', async () => {
  const person = await testbed.person('HIRING_USER', 'Ada Moth');
  await change(person, 'updateProfile', { bio: 'Private words.' }, 'user { id }');
  await change(person, 'updateProfile', { displayName: 'Ada Hawk' }, 'user { id }');
  await change(admin, 'setUserVerified', { userId: person.id, verified: true }, 'user { id }');
  await change(admin, 'setUserRole', { userId: person.id, role: 'REVIEWER' }, 'user { id }');
  await change(admin, 'setUserRole', { userId: person.id, role: 'REVIEWER' }, 'user { id }');
  await change(admin, 'setUserActive', { userId: person.id, isActive: false }, 'user { id }');
  await change(admin, 'setUserActive', { userId: person.id, isActive: true }, 'user { id }');
  await change(person, 'deleteMyAccount', {}, 'user { id }');
  const identity = { userId: person.id };
  expect(await eventsOf(person)).toEqual([
    { type: 'UserRegistered', version: 1, data: { ...identity, role: 'HIRING_USER' } },
    { type: 'UserRenamed', version: 1, data: identity },
    { type: 'UserRoleChanged', version: 1, data: { ...identity, role: 'REVIEWER', previousRole: 'HIRING_USER' } },
    { type: 'UserDeactivated', version: 1, data: identity },
    { type: 'UserReactivated', version: 1, data: identity },
    { type: 'UserDeleted', version: 1, data: identity },
  ]);
});

test('a change that is refused emits nothing', async () => {
  const last = await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: admin });
  expect(last.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  expect(await eventsOf(admin)).toMatchObject([{ type: 'UserRegistered' }]);
});

function eventsOf({ id }: UserCaller): Promise<object[]> {
  return testbed.sql('select type, version, data from event_outbox where subject = $1 order by position', [id]);
}

async function change(caller: UserCaller, name: string, input: object, selection: string): Promise<void> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} } }`;
  expect((await testbed.request(document, { caller, variables: { input } })).errors).toEqual([]);
}
