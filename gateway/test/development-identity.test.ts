import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers, type StoredUser } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

const stored = new Map<string, StoredUser>();

let users: Subgraph;
let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  [users, issuer] = await Promise.all([openUsers(stored), openIssuer()]);
  gateway = await openGateway([users], { issuer, DEV_IDENTITY: 'true' });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users.close(), issuer.close()]);
});

describe('with DEV_IDENTITY=true', () => {
  test('the headers identify a user, with role and email if the user is new', async () => {
    const headers = { 'x-dev-user-id': 'dev-1', 'x-dev-role': 'REVIEWER', 'x-dev-email': 'dev-1@example.com' };
    const { data } = await gateway.query('{ caller }', headers);
    expect(JSON.parse(data.caller)).toEqual({
      kind: 'user',
      id: 'id-of-dev-1',
      sub: 'dev-1',
      role: 'REVIEWER',
      scopes: [],
    });
    expect(stored.get('dev-1')?.email).toBe('dev-1@example.com');
  });

  test('the role of a known user comes from the users service', async () => {
    stored.set('dev-2', { id: '2', sub: 'dev-2', role: 'FREELANCER', isActive: true });
    const { data } = await gateway.query('{ caller }', { 'x-dev-user-id': 'dev-2', 'x-dev-role': 'ADMIN' });
    expect(JSON.parse(data.caller)).toMatchObject({ id: '2', role: 'FREELANCER' });
  });

  test('a token without the headers is valid, and a request without both is from a guest', async () => {
    const { data } = await gateway.query('{ caller }', bearer(await issuer.machineToken('marquee/shows.read')));
    expect(JSON.parse(data.caller)).toMatchObject({ kind: 'machine', scopes: ['shows.read'] });
    expect((await gateway.query('{ caller }')).data.caller).toBe('{"kind":"guest"}');
  });

  test.each([
    ['a token together with the headers', { authorization: 'Bearer x', 'x-dev-user-id': 'dev-1' }, 'got both'],
    ['a role without a user', { 'x-dev-role': 'ADMIN' }, 'X-Dev-User-Id'],
    ['an email without a user', { 'x-dev-email': 'a@example.com' }, 'X-Dev-User-Id'],
    ['an unknown role', { 'x-dev-user-id': 'dev-1', 'x-dev-role': 'KING' }, 'X-Dev-Role'],
    ['a user id of 129 characters', { 'x-dev-user-id': 'x'.repeat(129) }, 'X-Dev-User-Id'],
  ])('%s gets BAD_USER_INPUT', async (_, headers, reason) => {
    const { status, errors } = await gateway.query('{ caller }', headers);
    expect([status, errors[0]?.extensions['code']]).toEqual([400, 'BAD_USER_INPUT']);
    expect(errors[0]?.message).toContain(reason);
  });
});

describe('without DEV_IDENTITY', () => {
  test('the headers are ignored', async () => {
    const plain = await openGateway([users], { issuer });
    const headers = { 'x-dev-user-id': 'dev-1', 'x-dev-role': 'KING' };
    expect((await plain.query('{ caller }', headers)).data.caller).toBe('{"kind":"guest"}');
    const token = await issuer.machineToken('marquee/shows.read');
    expect((await plain.query('{ caller }', { ...headers, ...bearer(token) })).data.caller).toContain('machine');
    await plain.close();
  });
});
