import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readOperationManifest } from '@marquee/chassis/graphql/operation-manifest';
import { Closers } from '@marquee/chassis/process/closers';
import { WebSocket } from 'ws';
import { picture } from '../fixtures/upload.js';
import { openApollo } from './apollo-client.js';
import { documents } from './client-documents.js';
import { type ClientSystem, openClientSystem } from './client-system.js';
import { checkClientTable, provenBehaviours } from './client-table.js';
import { openGraphqlSse } from './events-client.js';
import { relayClientOf } from './relay-client.js';
import { compileForRelay, loadArtifacts } from './relay-compiler.js';
import { openGraphqlRequest } from './request-client.js';
import type { StockClient } from './stock-client.js';
import { openUrql } from './urql-client.js';
import { openGraphqlWs } from './websocket-client.js';

const names = ['Apollo Client', 'urql', 'Relay', 'graphql-request', 'graphql-ws', 'graphql-sse'] as const;
type Name = (typeof names)[number];
const live = ['Apollo Client', 'urql', 'Relay', 'graphql-ws', 'graphql-sse'] as const satisfies readonly Name[];
const cached = ['Apollo Client', 'urql', 'Relay'] as const satisfies readonly Name[];

/** Lifetime of the tokens with which clients subscribe, in seconds: more on a machine on which requests take longer. */
let tokenSeconds = 3;

const closers = new Closers();
const proven = provenBehaviours(names);
const failures: unknown[] = [];
let system: ClientSystem;
let clients: Record<Name, StockClient>;
let renewals: Record<Name, number>;

beforeAll(async () => {
  const [opened, relayProject] = await Promise.all([
    openClientSystem(closers),
    compileForRelay(closers, { isPersisted: false }),
  ]);
  system = opened;
  const accessToken = await system.token(3600);
  const openRelay = relayClientOf(await loadArtifacts(relayProject));
  renewals = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  const optionsOf = (name: Name) => ({
    url: system.url,
    accessToken,
    webSocketImpl: WebSocket,
    onError: (failure: unknown) => failures.push([name, failure]),
    renew: () => ((renewals[name] += 1), system.token(tokenSeconds)),
  });
  clients = {
    'Apollo Client': openApollo(optionsOf('Apollo Client')),
    urql: openUrql(optionsOf('urql')),
    Relay: openRelay(optionsOf('Relay')),
    'graphql-request': openGraphqlRequest(optionsOf('graphql-request')),
    'graphql-ws': openGraphqlWs(optionsOf('graphql-ws')),
    'graphql-sse': openGraphqlSse(optionsOf('graphql-sse')),
  };
  for (const client of Object.values(clients)) closers.add(client);
  const startedAt = performance.now();
  for (const body of ['one', 'two', 'three', 'four']) await system.say(body);
  tokenSeconds = Math.max(tokenSeconds, Math.ceil((5 * (performance.now() - startedAt)) / 1000));
});

afterAll(() => closers.close());

describe.each(names)('%s', (name) => {
  test('queries across services', async () => {
    const { data, errors } = await clients[name].run('messages', { id: system.conversationId, first: 1 });
    expect(errors).toEqual([]);
    const [{ node }] = data.conversation.messages.edges;
    expect(node).toMatchObject({ body: 'one', sender: { displayName: 'Ben' } });
    proven.add(name, 'query across services');
  });

  test('reads a list page by page', async () => {
    const page = async (after: string | null) =>
      (await clients[name].run('messages', { id: system.conversationId, first: 2, after })).data.conversation.messages;
    const first = await page(null);
    const second = await page(first.pageInfo.endCursor);
    const bodies = [first, second].map(({ edges }) => edges.map((edge: Edge) => edge.node.body));
    // A normalised cache may return both pages, merged.
    expect([...new Set(bodies.flat())]).toEqual(['one', 'two', 'three', 'four']);
    expect(first.pageInfo.hasNextPage).toBe(true);
    proven.add(name, 'pagination');
  });

  test('receives field errors with their code, path and fields', async () => {
    const { errors } = await clients[name].run('rename', { input: { displayName: '' } });
    expect(errors).toMatchObject([
      {
        path: ['updateProfile'],
        extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'input.displayName' }] },
      },
    ]);
    proven.add(name, 'field errors');
  });

  test('receives the data of other fields beside an error', async () => {
    const { data, errors } = await clients[name].run('queue');
    expect(data).toMatchObject({ me: { id: expect.any(String) }, reviewSummary: null });
    expect(errors).toMatchObject([{ path: ['reviewSummary'], extensions: { code: 'FORBIDDEN' } }]);
    proven.add(name, 'partial data');
  });

  test('uploads an avatar', async () => {
    const file = picture(10, 20, 30);
    const input = { purpose: 'AVATAR', contentType: 'image/png', bytes: file.length };
    const { data } = await clients[name].run('upload', { input });
    await postForm(data.createUpload, file);
    const { id } = data.createUpload.media;
    const changed = await clients[name].run('avatar', { input: { avatarId: id } });
    expect(changed.errors).toEqual([]);
    expect(changed.data.updateProfile.user.avatar.id).toBe(id);
    proven.add(name, 'upload of an avatar');
  });
});

test.each(cached)('%s updates its cache after a mutation', async (name) => {
  const seen: string[] = [];
  const stop = clients[name].watch?.('me', {}, ({ me }) => seen.push(me.displayName));
  await until(() => seen.length > 0);
  await clients[name].run('rename', { input: { displayName: `Ada of ${name}` } });
  await until(() => seen.includes(`Ada of ${name}`));
  stop?.();
  expect(seen.at(-1)).toBe(`Ada of ${name}`);
  proven.add(name, 'mutation with cache update');
});

describe('the subscriptions of all clients', () => {
  const received = new Map<Name, string[]>(live.map((name) => [name, []]));
  const sent: string[] = [];

  beforeAll(async () => {
    const after = await system.say('before');
    const variables = { conversationId: system.conversationId, after };
    for (const name of live)
      closers.add({
        close: clients[name].subscribe!('messageAdded', variables, ({ messageAdded: { body, sender } }) =>
          received.get(name)!.push(`${sender.displayName}: ${body}`),
        ),
      });
  });

  test('receive events that several services complete', async () => {
    await say('hello');
    await expectReceived('subscription');
  });

  test('continue with new tokens, without a gap or a duplicate', async () => {
    const before = { ...renewals };
    while (live.some((name) => renewals[name] < before[name] + 2)) {
      await say(`message ${sent.length}`);
      await wait(100);
    }
    await expectReceived('token expiry and renewal');
  });

  test('continue after a restart of the gateway, without a gap or a duplicate', async () => {
    const restart = system.restartGateway();
    await say('during the restart');
    await restart;
    await say('after the restart');
    await expectReceived('retry after a gateway restart');
  });

  async function say(body: string): Promise<void> {
    await system.say(body);
    sent.push(`Ben: ${body}`);
  }

  /** Waits until all clients have as many events as there were messages, and compares them. */
  async function expectReceived(behaviour: Parameters<typeof proven.add>[1]): Promise<void> {
    await until(() => [...received.values()].every(({ length }) => length >= sent.length));
    expect(failures).toEqual([]);
    expect(Object.fromEntries(received)).toEqual(Object.fromEntries(live.map((name) => [name, sent])));
    for (const name of live) proven.add(name, behaviour);
  }
});

test('the Relay compiler writes a manifest that the gateway reads', async () => {
  const { persistedFile } = await compileForRelay(closers, { isPersisted: true });
  const operations = readOperationManifest(await readFile(persistedFile, 'utf8'));
  expect(operations.map(({ name }) => name)).toContain('stockMessagesQuery');
  expect(operations).toHaveLength(Object.keys(documents).length);
});

test('examples/README.md has the table of this run', async () => {
  expect(await checkClientTable(proven)).toBe('up to date');
});

interface Edge {
  node: { body: string };
}

async function postForm(
  { url, fields }: { url: string; fields: { name: string; value: string }[] },
  file: Buffer,
): Promise<void> {
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(file)], { type: 'image/png' }), 'avatar.png');
  const { status } = await fetch(url, { method: 'POST', body: form });
  if (status !== 204) throw new Error(`The upload was answered with ${status}.`);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(20);
}
