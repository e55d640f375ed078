import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { testKeys } from '@marquee/testkit/test-keys';
import { serverAudits } from 'graphql-http';
import { openFriends } from './fixtures/friends-subgraph.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openRooms, type Rooms } from './fixtures/rooms-subgraph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

/**
 * Left as they are: with `application/json` the draft would have 200 where nothing ran. A 4xx is allowed, says so to
 * whoever counts failures by status, and clients read the errors of either.
 */
const known = [
  'warn: SHOULD use 200 status code on document parsing failure when accepting application/json',
  'warn: SHOULD use 200 status code on document validation failure when accepting application/json',
  'warn: SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];

/** These ask for the schema, which a service tells nobody. */
const withoutIntrospection = [
  'error: MUST accept utf-8 encoded request',
  'warn: SHOULD allow map {variables} parameter when accepting application/graphql-response+json',
  'error: MUST allow map {variables} parameter when accepting application/json',
  'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
];

let crowd: Subgraph;
let gateway: Gateway;
let rooms: Rooms;

beforeAll(async () => {
  [crowd, rooms] = await Promise.all([openFriends(), openRooms()]);
  gateway = await openGateway([crowd]);
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([crowd.close(), rooms.close()]);
});

test('the audits of GraphQL over HTTP find no more to say of the gateway than is known', async () => {
  expect(await complaints(`${gateway.url}/graphql`, {})).toEqual(known);
});

test('and no more of what every service answers with', async () => {
  const { signer } = await testKeys();
  const signed = await signer.sign({ kind: 'guest' }, 'rooms');
  expect(await complaints(rooms.url, { [callerHeader]: signed })).toEqual([...withoutIntrospection, ...known]);
});

/** A page of another origin could send a GET as well, so a preflight is asked for. */
async function complaints(url: string, headers: Record<string, string>): Promise<string[]> {
  const fetchFn: typeof fetch = (input, init) => {
    const preflight: Record<string, string> = init?.method === 'POST' ? {} : { 'apollo-require-preflight': 'true' };
    return fetch(input, {
      ...init,
      headers: { ...preflight, ...headers, ...(init?.headers as Record<string, string>) },
    });
  };
  const results = await Promise.all(serverAudits({ url, fetchFn }).map((audit) => audit.fn()));
  return results.filter(({ status }) => status !== 'ok').map(({ name, status }) => `${status}: ${name}`);
}
