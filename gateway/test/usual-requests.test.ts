import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';
import { get, overSocket, overSse, post, sha256 } from './fixtures/transport-clients.js';

const app = 'https://app.example.com';
const query = '{ caller }';

let users: Subgraph;
let gateway: Gateway;

beforeAll(async () => {
  users = await openUsers();
  gateway = await openGateway([users], { CORS_ORIGINS: app });
});

afterAll(async () => {
  await gateway.close();
  await users.close();
});

const json = 'application/json; charset=utf-8';
const graphqlJson = 'application/graphql-response+json; charset=utf-8';
const apollo = 'application/graphql-response+json,application/json;q=0.9';
const urql =
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';

describe('the media type of a result', () => {
  test.each([
    ['Apollo Client', apollo, graphqlJson],
    [
      'Apollo Client, for a subscription',
      `multipart/mixed;boundary=graphql;subscriptionSpec=1.0,${apollo}`,
      graphqlJson,
    ],
    ['Apollo Client, with @defer', `multipart/mixed;deferSpec=20220824,${apollo}`, graphqlJson],
    ['urql', urql, graphqlJson],
    ['graphql-request', 'application/graphql-response+json, application/json; charset=utf-8', graphqlJson],
    ['axios', 'application/json, text/plain, */*', json],
    ['fetch', '*/*', json],
    ['JSON in UTF-8', 'application/json;charset="UTF-8"', json],
    ['a lower quality', 'application/json;q=0.2, application/graphql-response+json;q=0.1', json],
    ['events first', 'text/event-stream, application/json', 'text/event-stream; charset=utf-8'],
    ['events last', 'application/json, text/event-stream', json],
    ['events of a lower quality', 'text/event-stream;q=0.5, application/json', json],
    ['events in general', 'text/event-stream, */*;q=0.1', 'text/event-stream; charset=utf-8'],
    ['parts only', 'multipart/mixed', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
  ])('for %s', async (_, accept, type) => {
    const response = await send({ headers: { 'content-type': 'application/json', accept } });
    expect([response.status, response.type]).toEqual([200, type]);
    expect(response.text).toContain('"caller":"{');
  });

  test('is refused with 406 without one', async () => {
    const response = await send({ headers: { 'content-type': 'application/json', accept: 'text/html' } });
    expect(response.status).toBe(406);
  });
});

describe('an empty operation name is ignored', () => {
  const body = { query, operationName: '' };

  test.each([
    ['POST', () => post(gateway.url, body)],
    ['GET', () => get(gateway.url, body)],
    ['server-sent events', () => overSse(gateway.url, body)],
    ['a WebSocket', () => overSocket(gateway.url, body)],
  ])('over %s', async (_, reply) => {
    expect(await reply()).toMatchObject({ data: { caller: '{"kind":"guest"}' }, errors: [] });
  });
});

describe('GET without a header that needs a preflight', () => {
  test.each<[string, Record<string, string>]>([
    ['a program that names JSON', { accept: apollo }],
    ['urql in Node', { accept: urql, 'sec-fetch-mode': 'cors' }],
    ['a page of an allowed origin', { accept: urql, origin: app, 'sec-fetch-mode': 'cors' }],
    ['a page of this machine', { accept: urql, origin: 'http://localhost:3000', 'sec-fetch-mode': 'cors' }],
    ['a page of the gateway', { accept: urql, 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }],
  ])('runs for %s', async (_, headers) => {
    expect(await send({ method: 'GET', headers })).toMatchObject({ status: 200 });
  });

  test.each<[string, Record<string, string>]>([
    ['a page of another origin', { accept: urql, origin: 'https://evil.test', 'sec-fetch-mode': 'cors' }],
    ['a page without an origin', { accept: urql, origin: 'null', 'sec-fetch-mode': 'cors' }],
    ['an opaque response', { accept: urql, 'sec-fetch-mode': 'no-cors' }],
    ['an image', { accept: 'image/avif,image/webp,*/*;q=0.8', 'sec-fetch-mode': 'no-cors' }],
    ['a script of an old browser', { accept: '*/*' }],
    ['a link', { accept: 'application/xhtml+xml,*/*;q=0.8', 'sec-fetch-mode': 'navigate' }],
    ['no accepted type', {}],
  ])('is refused for %s', async (_, headers) => {
    expect(await send({ method: 'GET', headers })).toMatchObject({ status: 400 });
  });

  test('serves automatic persisted queries', async () => {
    const persisted = '{ caller me { id } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(persisted) } };
    const byHash = () => send({ method: 'GET', headers: { accept: urql } }, { extensions: JSON.stringify(extensions) });
    expect((await byHash()).text).toContain('PERSISTED_QUERY_NOT_FOUND');
    await post(gateway.url, { query: persisted, extensions });
    expect(await byHash()).toMatchObject({ status: 200, type: graphqlJson, text: expect.stringContaining('caller') });
  });
});

describe('a browser that opens the endpoint', () => {
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

  test.each([
    ['gets the explorer', {}, '/explorer'],
    ['gets the explorer with the query', { query: '{ me { id } }' }, '/explorer#query=%7B+me+%7B+id+%7D+%7D'],
  ])('%s', async (_, params, location) => {
    const response = await send({ method: 'GET', headers: { accept } }, params);
    expect([response.status, response.location]).toEqual([302, location]);
  });

  test('gets no explorer from a gateway without one', async () => {
    const closed = await openGateway([users], { EXPLORER: 'off' });
    const response = await send({ method: 'GET', headers: { accept } }, { query }, closed);
    expect(response.status).toBe(400);
    await closed.close();
  });
});

interface Received {
  status: number;
  type: string | undefined;
  location: string | undefined;
  text: string;
}

/** Without `fetch`, which adds headers of its own. */
function send(
  { method = 'POST', headers }: { method?: string; headers: Record<string, string> },
  params: Record<string, string> = { query },
  { url } = gateway,
): Promise<Received> {
  const search = method === 'GET' ? `?${new URLSearchParams(params).toString()}` : '';
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}/graphql${search}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const { 'content-type': type, location } = response.headers;
      response.on('end', () => resolve({ status: response.statusCode ?? 0, type, location, text }));
    });
    sent.on('error', reject).end(method === 'GET' ? undefined : JSON.stringify(params));
  });
}
