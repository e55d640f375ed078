import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { readOperationManifest } from '@marquee/chassis/graphql/operation-manifest';
import { Closers } from '@marquee/chassis/process/closers';
import { clientSettings } from '../../src/config.js';
import { findChromium } from '../fixtures/browser.js';
import { picture } from '../fixtures/upload.js';
import { createBrowserHost, inChromium } from './browser-clients.js';
import { browserClients } from './browser-page.js';
import { documents } from './client-documents.js';
import { type ClientSystem, openClientSystem } from './client-system.js';
import { checkClientTable, provenBehaviours } from './client-table.js';
import { createNodeHost, nodeClients } from './node-clients.js';
import { compileForRelay } from './relay-compiler.js';
import { openListPage } from './relay-list.js';
import type { ClientHost, StockClient } from './stock-client.js';
import { openTypedProject, type TypedProject } from './typed-project.js';

const chromium = findChromium();
if (chromium === undefined)
  process.stdout.write('local/test/clients/stock-clients.test.ts: no browser: chromium is not on PATH\n');
const inBrowser = browserClients.map(inChromium);
const names = [...nodeClients, ...(chromium === undefined ? [] : inBrowser)];
const cached = names.filter((name) => [...browserClients, ...inBrowser].includes(name));
const live = [...cached, 'graphql-ws', 'graphql-sse'];

const { CLIENT_RENEWALS: renewalCount, ...settings } = readSettings(clientSettings);
/** Lifetime of the tokens with which clients subscribe, in seconds: more on a machine on which requests take longer. */
let tokenSeconds = settings.CLIENT_TOKEN_SECONDS;

const closers = new Closers();
const proven = provenBehaviours([...nodeClients, ...inBrowser]);
const failures: unknown[] = [];
const renewals = new Map(names.map((name) => [name, 0]));
const clients = new Map<string, StockClient>();
const hosts = new Map<string, ClientHost>();
let system: ClientSystem;
let project: TypedProject;

beforeAll(async () => {
  project = await openTypedProject(closers);
  system = await openClientSystem(closers, trustedDocuments(project));
  const accessToken = await system.token(3600);
  const optionsOf = (name: string) => ({
    url: system.url,
    accessToken,
    onError: (failure: unknown) => failures.push([name, failure]),
    renew: () => (renewals.set(name, renewals.get(name)! + 1), system.token(tokenSeconds)),
  });
  const opened = [createNodeHost(closers, project), ...(chromium ? [createBrowserHost(chromium, closers)] : [])];
  for (const host of opened)
    for (const [name, client] of await host.open(optionsOf)) {
      clients.set(name, closers.add(client));
      hosts.set(name, host);
    }
  const startedAt = performance.now();
  for (const body of ['one', 'two', 'three', 'four']) await system.say(body);
  tokenSeconds = Math.max(tokenSeconds, Math.ceil((5 * (performance.now() - startedAt)) / 1000));
});

afterAll(() => closers.close());

describe.each(names)('%s', (name) => {
  const run: StockClient['run'] = (...args) => clients.get(name)!.run(...args);

  test('queries across services', async () => {
    const { data, errors } = await run('messages', { id: system.conversationId, first: 1 });
    expect(errors).toEqual([]);
    const [{ node }] = data.conversation.messages.edges;
    expect(node).toMatchObject({ body: 'one', sender: { displayName: 'Ben' } });
    proven.add(name, 'query across services');
  });

  test('reads a list page by page', async () => {
    const page = async (after: string | null) =>
      (await run('messages', { id: system.conversationId, first: 2, after })).data.conversation.messages;
    const first = await page(null);
    const second = await page(first.pageInfo.endCursor);
    const bodies = [first, second].map(({ edges }) => edges.map((edge: Edge) => edge.node.body));
    // A normalised cache may return both pages, merged.
    expect([...new Set(bodies.flat())]).toEqual(['one', 'two', 'three', 'four']);
    expect(first.pageInfo.hasNextPage).toBe(true);
    proven.add(name, 'pagination');
  });

  test('receives field errors with their code, path and fields', async () => {
    const { errors } = await run('rename', { input: { displayName: '' } });
    const extensions = { code: 'BAD_USER_INPUT', fields: [{ path: 'input.displayName' }] };
    expect(errors).toMatchObject([{ path: ['updateProfile'], extensions }]);
    proven.add(name, 'field errors');
  });

  test('receives the data of other fields beside an error', async () => {
    const { data, errors } = await run('queue');
    expect(data).toMatchObject({ me: { id: expect.any(String) }, reviewSummary: null });
    expect(errors).toMatchObject([{ path: ['reviewSummary'], extensions: { code: 'FORBIDDEN' } }]);
    proven.add(name, 'partial data');
  });

  test('uploads an avatar', async () => {
    const file = picture(10, 20, 30);
    const { data } = await run('upload', {
      input: { purpose: 'AVATAR', contentType: 'image/png', bytes: file.length },
    });
    expect(await hosts.get(name)!.sendForm(data.createUpload, file)).toBe(204);
    const { id } = data.createUpload.media;
    const changed = await run('avatar', { input: { avatarId: id } });
    expect(changed.errors).toEqual([]);
    // It is shown once it has been processed.
    while ((await run('me')).data.me.avatar?.id !== id) await wait(50);
    proven.add(name, 'upload of an avatar');
  });
});

test.each(cached)('%s updates its cache after a mutation', async (name) => {
  const seen: string[] = [];
  const stop = clients.get(name)!.watch?.('me', {}, ({ me }) => seen.push(me.displayName));
  await until(() => seen.length > 0);
  await clients.get(name)!.run('rename', { input: { displayName: `Ada of ${name}` } });
  await until(() => seen.includes(`Ada of ${name}`));
  stop?.();
  expect(seen.at(-1)).toBe(`Ada of ${name}`);
  proven.add(name, 'mutation with cache update');
});

const describeInBrowser = chromium === undefined ? describe.skip : describe;

describeInBrowser('usePaginationFragment of Relay', () => {
  test('pages in both directions, and refetches the list of an object', async () => {
    const { data } = await clients.get('Relay')!.run('messages', { id: system.conversationId, first: 2 });
    const after = data.conversation.messages.edges[1].cursor;
    const options = { url: `${system.url}/graphql`, accessToken: await system.token(3600) };
    const variables = { id: system.conversationId, first: 1, after };
    const page = await openListPage(chromium!, { ...options, variables }, closers);
    const shows = (bodies: string) => page.getByText(bodies, { exact: true }).waitFor();
    const press = (name: string) => page.getByRole('button', { name }).click();
    await shows('three');
    await press('Later');
    await shows('three four');
    expect(await page.getByRole('button', { name: 'Later' }).isDisabled()).toBe(true);
    await press('Earlier');
    await shows('one two three four');
    expect(await page.getByRole('button', { name: 'Earlier' }).isDisabled()).toBe(true);
    await press('From the start');
    await shows('one two');
    await press('Later');
    await shows('one two three');
  });
});

describe('the subscriptions of all clients', () => {
  const received = new Map<string, string[]>(live.map((name) => [name, []]));
  const sent: string[] = [];

  beforeAll(async () => {
    const after = await system.say('before');
    const variables = { conversationId: system.conversationId, after };
    for (const name of live)
      closers.add({
        close: clients.get(name)!.subscribe!('messageAdded', variables, ({ messageAdded: { body, sender } }) =>
          received.get(name)!.push(`${sender.displayName}: ${body}`),
        ),
      });
  });

  test('receive events that several services complete', async () => {
    await say('hello');
    await expectReceived('subscription');
  });

  test('continue with new tokens, without a gap or a duplicate', async () => {
    const before = new Map(renewals);
    while (live.some((name) => renewals.get(name)! < before.get(name)! + renewalCount)) {
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

test('the results and variables of typed documents have the types of the schema', async () => {
  await expect(project.checkTypes()).resolves.toBeUndefined();
});

test.each(['codegen', 'tada'] as const)('the manifest of %s contains every document', async (tool) => {
  const { manifests, ids } = project;
  const operations = readOperationManifest(await readFile(manifests[tool], 'utf8'));
  expect(operations.map(({ id }) => id).sort()).toEqual(Object.values(ids[tool]).sort());
  expect(operations).toHaveLength(Object.keys(documents).length);
});

test('examples/README.md has the table of this run', async () => {
  expect(await checkClientTable(proven)).toBe(chromium === undefined ? 'incomplete run' : 'up to date');
});

interface Edge {
  node: { body: string };
}

function trustedDocuments({ manifests }: TypedProject): Record<string, string> {
  return { TRUSTED_DOCUMENTS: 'on', TRUSTED_DOCUMENTS_FILE: Object.values(manifests).join(',') };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(20);
}
