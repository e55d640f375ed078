import { expect, test } from '@jest/globals';
import { type Caller, guest } from '@marquee/chassis/identity/caller';
import { callerKey, rightsKey, subjectKey } from '@marquee/chassis/identity/caller-key';

const user = { kind: 'user', id: '1', sub: 'a', role: 'ADMIN', scopes: ['x', 'y'] } as const;
const machine = { kind: 'machine', clientId: 'a', scopes: ['x'] } as const;

test('the order of scopes does not matter', () => {
  expect(callerKey({ ...user, scopes: ['y', 'x'] })).toBe(callerKey(user));
});

test.each<[string, Caller, Caller]>([
  ['users', user, { ...user, sub: 'b' }],
  ['accounts of one user', user, { ...user, id: '2' }],
  ['roles', user, { ...user, role: 'REVIEWER' }],
  ['scopes', user, { ...user, scopes: ['x'] }],
  ['scopes of a machine', machine, { ...machine, scopes: [] }],
  ['a user and a machine', user, machine],
  ['a machine and a guest', { ...machine, scopes: [] }, guest],
])('callerKey differs between %s', (_, one, other) => {
  expect(callerKey(one)).not.toBe(callerKey(other));
});

test('subjectKey ignores rights', () => {
  expect(subjectKey({ ...user, role: 'REVIEWER', scopes: [] })).toBe(subjectKey(user));
  expect([subjectKey(user), subjectKey(machine), subjectKey(guest)]).toEqual(['user a', 'machine a', 'guest']);
});

test('rightsKey ignores the subject', () => {
  expect(rightsKey({ ...user, sub: 'b', id: '2' })).toBe(rightsKey(user));
  expect(rightsKey(user)).not.toBe(rightsKey({ ...user, scopes: [] }));
});
