import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { directoryStore } from '../src/registry/directory.js';
import { registerOperations } from '../src/registry/operations.js';
import { handlePublication, type PublicationResult } from '../src/registry/publisher.js';
import { publish } from '../src/registry/publish.js';
import { restore } from '../src/registry/restore.js';
import type { RegistryStore } from '../src/registry/store.js';
import { lastVersions } from '../src/registry/versions.js';

const by = 'ann';
const note = 'not asked';
let directory: string;
let count = 0;
let store: RegistryStore;

beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), 'marquee-publisher-'))));
afterAll(() => rm(directory, { recursive: true }));
beforeEach(async () => {
  store = directoryStore(join(directory, String(++count)));
  await publish(store, [subgraph('books', 'books: Int'), subgraph('films', 'films: Int')], by);
});

describe('the publisher of one service', () => {
  test('changes the schema of that service, and no other', async () => {
    expect(await ask({ command: 'publish', sdl: sdl('books: Int pages: Int'), by, note })).toEqual(live(2));
    expect(await ask({ command: 'removals', sdl: sdl('pages: Int'), by })).toEqual(live(3));
    expect(await ask({ command: 'removals', sdl: sdl('pages: Int'), by })).toEqual({ output: 'Nothing is removed.' });
    expect(await graph()).toEqual(['films', 'pages']);
    const [newest] = await lastVersions(store, 1);
    expect(newest).toMatchObject({ by, what: 'publish books', subgraphs: { books: { url: 'http://books' } } });
  });

  test('restores the schema of that service, and keeps later changes of others', async () => {
    await ask({ command: 'publish', sdl: sdl('books: Int pages: Int'), by, note });
    await publish(store, [subgraph('films', 'films: Int actors: Int')], 'bob');
    expect(await ask({ command: 'restore', number: 1, expected: 2, by })).toEqual({
      output: 'Version 4 is live.',
    });
    expect(await graph()).toEqual(['actors', 'books', 'films']);
    expect(await ask({ command: 'restore', number: 1, expected: 2, by })).toEqual(live(4));
  });

  test('does not restore over a schema that was published later', async () => {
    await ask({ command: 'publish', sdl: sdl('books: Int pages: Int'), by, note });
    await ask({ command: 'publish', sdl: sdl('books: Int pages: Int covers: Int'), by, note });
    expect(await ask({ command: 'restore', number: 1, expected: 2, by })).toEqual({
      error: expect.stringContaining('"books" was published again after version 2'),
    });
    expect(await graph()).toContain('covers');
    expect(await ask({ command: 'restore', number: 1, by })).toEqual(live(4));
    expect(await graph()).toEqual(['books', 'films']);
  });

  test('removes a service that the restored version does not have', async () => {
    await publish(store, [subgraph('songs', 'songs: Int')], by);
    await restore(store, { name: 'songs', number: 1, expected: 2, by });
    expect(await graph()).toEqual(['books', 'films']);
  });

  test('reports why a schema is refused, and publishes nothing', async () => {
    const document = 'query Page { books }';
    const operations = [{ id: '1', name: 'Page', type: 'query', body: document }];
    await registerOperations(
      store,
      'web',
      JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }),
    );
    expect(await ask({ command: 'removals', sdl: sdl('pages: Int'), by })).toEqual({
      error: expect.stringContaining('used by web: Page'),
    });
    expect(await ask({ command: 'publish', sdl: sdl('books: Missing'), by, note })).toEqual({
      error: expect.stringContaining('Missing'),
    });
    expect(await lastVersions(store, 9)).toHaveLength(1);
  });

  test.each([
    ['another service', { command: 'publish', name: 'films', sdl: sdl('films: Int'), by, note }],
    ['another URL', { command: 'publish', url: 'http://elsewhere', sdl: sdl('books: Int'), by, note }],
    ['accepted breaking changes', { command: 'publish', allow: 'why not', sdl: sdl('books: Int'), by, note }],
    ['a roll-back of the whole graph', { command: 'rollback', number: 1, by }],
    ['a preview graph', { command: 'preview', graph: 'pr-1', sdl: sdl('books: Int'), by }],
    ['nothing', null],
  ])('refuses a request for %s', async (_, request) => {
    expect(await ask(request)).toEqual({ error: expect.stringMatching(/invalid|not allowed/) });
    expect(await lastVersions(store, 9)).toHaveLength(1);
  });
});

test('a publisher of previews changes no other graph', async () => {
  const preview = { command: 'preview', graph: 'pr-1', sdl: sdl('books: Int pages: Int'), by };
  expect(await ask(preview, true)).toEqual(live(1));
  expect(await store.read('previews/pr-1/live/supergraph.graphql')).toContain('pages: Int');
  for (const command of ['publish', 'removals', 'restore'])
    expect(await ask({ command, sdl: sdl('pages: Int'), number: 1, by, note }, true)).toHaveProperty('error');
  expect(await ask({ ...preview, graph: '../live' }, true)).toEqual({
    error: expect.stringContaining('Invalid graph'),
  });
  expect(await graph()).toEqual(['books', 'films']);
});

function ask(request: unknown, previewsOnly = false): Promise<PublicationResult> {
  return handlePublication(store, { name: 'books', url: 'http://books', previewsOnly }, request);
}

function live(number: number): PublicationResult {
  return { output: `Version ${number} is live.` };
}

function subgraph(name: string, fields: string) {
  return { name, url: `http://${name}`, sdl: sdl(fields) };
}

function sdl(fields: string): string {
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")\ntype Query { ${fields} }`;
}

/** The fields of the live graph. */
async function graph(): Promise<string[]> {
  const text = (await store.read('live/supergraph.graphql')) ?? '';
  const [, fields = ''] = /^type Query[^{]*\{([^}]*)\}/m.exec(text) ?? [];
  return [...fields.matchAll(/^\s*(\w+): Int/gm)].map(([, name = '']) => name).sort();
}
