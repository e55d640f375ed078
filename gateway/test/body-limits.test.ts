import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  const admin = { id: 'id-of-admin', sub: 'admin', role: 'ADMIN', isActive: true };
  [users, issuer] = await Promise.all([openUsers(new Map([['admin', admin]])), openIssuer()]);
  const limits = { BODY_LIMIT_GUEST_BYTES: '1000', BODY_LIMIT_USER_BYTES: '1500', BODY_LIMIT_IMPORT_BYTES: '2000' };
  gateway = await openGateway([users], { issuer, ...limits });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users.close(), issuer.close()]);
});

describe('a body', () => {
  test.each([
    ['a guest', 1000, () => undefined],
    ['a user', 1500, () => issuer.userToken('user')],
    ['an admin', 2000, () => issuer.userToken('admin')],
    ['a machine client', 2000, () => issuer.machineToken('marquee/shows.write')],
  ])('of %s may have %d bytes, and gets 413 with more', async (_, limit, tokenOf) => {
    const token = await tokenOf();
    const statusOf = async (bytes: number) => (await send(bodyOf(bytes), token ? bearer(token) : {})).status;
    expect([await statusOf(limit), await statusOf(limit + 1)]).toEqual([200, 413]);
  });

  test('of a caller with an invalid token is not read', async () => {
    const response = await send(bodyOf(1_000_000), bearer('nonsense'));
    expect([response.status, response.headers.get('connection')]).toEqual([401, 'close']);
  });

  test('over the limit gets a GraphQL error with BAD_USER_INPUT', async () => {
    const { errors } = (await (await send(bodyOf(1001))).json()) as { errors: { extensions: object }[] };
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'body' }] });
  });

  test('that is compressed gets 415, since it could expand beyond the limit', async () => {
    expect((await send(bodyOf(100), { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  function bodyOf(bytes: number): string {
    return `{"query":"{ __typename }"}`.padEnd(bytes, ' ');
  }
});

function send(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}
