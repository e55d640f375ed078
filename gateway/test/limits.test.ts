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
    ['of a guest within the limit is read', 1000, false, 200],
    ['of a guest past the limit is refused', 1001, false, 413],
    ['of an identified caller within their limit is read', 2000, true, 200],
    ['of an identified caller past their limit is refused', 2001, true, 413],
  ])('%s', async (_, bytes, identified, status) => {
    const headers = identified ? bearer(await issuer.machineToken('marquee/shows.write')) : {};
    expect((await send(bodyOf(bytes), headers)).status).toBe(status);
  });

  test('of someone whose token is refused is not read', async () => {
    const response = await send(bodyOf(1_000_000), bearer('nonsense'));
    expect([response.status, response.headers.get('connection')]).toEqual([401, 'close']);
  });

  test('past the limit is BAD_USER_INPUT in GraphQL words', async () => {
    const { errors } = (await (await send(bodyOf(1001))).json()) as { errors: { extensions: object }[] };
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'body' }] });
  });

  test('that is compressed is refused, so that none grows past the limit', async () => {
    expect((await send(bodyOf(100), { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  function bodyOf(bytes: number): string {
    return `{"query":"{ __typename }"}`.padEnd(bytes, ' ');
  }
});

test('a subscription is told that this connection is not for it', async () => {
  const document = 'subscription { __typename }';
  const { status, errors } = await gateway.query(document);
  expect([status, errors[0]?.extensions['code']]).toEqual([400, 'BAD_USER_INPUT']);
});

function send(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}
