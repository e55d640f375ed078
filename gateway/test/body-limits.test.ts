import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  [users, issuer] = await Promise.all([openUsers(), openIssuer()]);
  gateway = await openGateway([users], { issuer, BODY_LIMIT_GUEST_BYTES: '1000', BODY_LIMIT_IDENTIFIED_BYTES: '2000' });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users.close(), issuer.close()]);
});

describe('a body', () => {
  test.each([
    ['of a guest within the limit is accepted', 1000, false, 200],
    ['of a guest over the limit gets 413', 1001, false, 413],
    ['of an identified caller within the limit is accepted', 2000, true, 200],
    ['of an identified caller over the limit gets 413', 2001, true, 413],
  ])('%s', async (_, bytes, identified, status) => {
    const headers = identified ? bearer(await issuer.machineToken('marquee/shows.write')) : {};
    expect((await send(bodyOf(bytes), headers)).status).toBe(status);
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
