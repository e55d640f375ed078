import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openS3Server, type S3Server } from './fixtures/s3-server.js';
import { openUsers, textFile } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';
import { codeOf, get, manifestOf, post, type Reply, sha256 } from './fixtures/transport-clients.js';

const documents = {
  apollo: 'query A { caller }',
  codegen: 'query B { caller me { id } }',
  relay: 'query C { me { id } }',
};

const sha1 = hashWith('sha1');
const md5 = hashWith('md5');

let users: Subgraph;
let bucket: S3Server;
let gateway: Gateway;
let codegenFile: string;

beforeAll(async () => {
  [users, bucket] = await Promise.all([openUsers(), openS3Server()]);
  bucket.objects.set('/manifests/relay.json', JSON.stringify({ [md5(documents.relay)]: documents.relay }));
  codegenFile = await textFile(
    'persisted-documents.json',
    JSON.stringify({ [sha1(documents.codegen)]: documents.codegen }),
  );
  const apolloFile = await textFile('manifest.json', manifestOf([documents.apollo]));
  gateway = await openGateway([users], {
    TRUSTED_DOCUMENTS: 'only',
    TRUSTED_DOCUMENTS_FILE: [apolloFile, codegenFile, 's3://manifests/relay.json'].join(),
    SUPERGRAPH_POLL_SECONDS: '0.1',
    S3_ENDPOINT: bucket.url,
  });
});

afterAll(async () => {
  await gateway.close();
  await users.close();
  bucket.close();
});

describe.each([
  ['Apollo, by SHA-256', documents.apollo, sha256(documents.apollo)],
  ['GraphQL Code Generator, by SHA-1', documents.codegen, sha1(documents.codegen)],
  ['Relay, by MD5, from a bucket', documents.relay, md5(documents.relay)],
  ['Relay, by the SHA-256 of the document', documents.relay, sha256(documents.relay)],
])('the manifest of %s', (_, document, id) => {
  test.each<[string, () => Promise<Reply>]>([
    ['documentId', () => post(gateway.url, { documentId: id })],
    ['persistedQuery', () => post(gateway.url, { extensions: persisted(id) })],
    ['GET with documentId', () => get(gateway.url, { documentId: id })],
    ['the whole document', () => post(gateway.url, { query: document })],
  ])('is served by %s', async (_, send) => {
    const { data, errors } = await send();
    expect([data, errors]).toEqual([expect.any(Object), []]);
  });
});

test('refuses ids that no manifest has', async () => {
  for (const id of ['0'.repeat(32), '0'.repeat(40), '0'.repeat(64)])
    expect(codeOf(await post(gateway.url, { documentId: id }))).toBe('FORBIDDEN');
});

test('a changed file takes effect, and a broken one does not', async () => {
  const added = 'query D { caller again: caller }';
  await writeFile(codegenFile, JSON.stringify({ [sha1(added)]: added }));
  await until(async () => (await post(gateway.url, { documentId: sha1(added) })).errors.length === 0);
  expect(codeOf(await post(gateway.url, { documentId: sha1(documents.codegen) }))).toBe('FORBIDDEN');
  await writeFile(codegenFile, '{ "no": 7 }');
  await wait(500);
  expect((await post(gateway.url, { documentId: sha1(added) })).errors).toEqual([]);
});

test('a changed object takes effect', async () => {
  const added = 'query E { caller once: caller }';
  bucket.objects.set('/manifests/relay.json', JSON.stringify({ [md5(added)]: added }));
  await until(async () => (await post(gateway.url, { documentId: md5(added) })).errors.length === 0);
  expect(codeOf(await post(gateway.url, { documentId: md5(documents.relay) }))).toBe('FORBIDDEN');
});

test.each([
  ['is not JSON', 'nonsense', 'not JSON'],
  ['has a text that is no document', '{"abc":"{"}', 'the document with the id "abc" is invalid'],
  ['has a wrong SHA-256', JSON.stringify({ ['0'.repeat(64)]: '{ caller }' }), 'is not the SHA-256 of its body'],
  ['is a list', '[]', 'not a manifest of operations'],
])('does not start with a manifest that %s', async (_, text, reason) => {
  const file = await textFile('manifest.json', text);
  const opening = openGateway([users], { TRUSTED_DOCUMENTS: 'on', TRUSTED_DOCUMENTS_FILE: file });
  await expect(opening).rejects.toThrow(reason);
});

function persisted(id: string): object {
  return { persistedQuery: { version: 1, sha256Hash: id } };
}

function hashWith(algorithm: string): (text: string) => string {
  return (text) => createHash(algorithm).update(text).digest('hex');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(50);
}
