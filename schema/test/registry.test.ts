import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Supergraph } from '@apollo/federation-internals';
import { operationId } from '@marquee/chassis/graphql/operation-manifest';
import { printSchema } from 'graphql';
import { bucketStore } from '../src/registry/bucket.js';
import { compose } from '../src/compose.js';
import { check } from '../src/registry/check.js';
import { registryCommand } from '../src/registry/command.js';
import { composeContract } from '../src/registry/contract.js';
import { writeContract } from '../src/registry/contract-changes.js';
import { directoryStore } from '../src/registry/directory.js';
import { registerOperations } from '../src/registry/operations.js';
import { previewStore, publishPreview } from '../src/registry/preview.js';
import { publish, PublicationRejected, rollback } from '../src/registry/publish.js';
import type { RegistryStore } from '../src/registry/store.js';
import { lastVersions, newestVersion } from '../src/registry/versions.js';
import { type Bucket, openBucket } from './fixtures/s3-server.js';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@tag"])';

function subgraph(name: string, sdl: string) {
  return { name, url: `http://localhost/${name}`, sdl: `${link}\n${sdl}` };
}

function books(fields = 'title: String! pages: Int kind: Kind') {
  return subgraph(
    'books',
    `type Query { books(first: Int, like: Like): [Book!]! secret: String }
     type Book @key(fields: "id") { id: ID! ${fields} }
     enum Kind { NOVEL ESSAY }
     input Like { title: String kind: Kind }`,
  );
}

function manifest(...bodies: [name: string, body: string][]): string {
  return JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: bodies.map(([name, body]) => ({ id: operationId(body), name, type: 'query', body })),
  });
}

let directory: string;
let bucket: Bucket;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marquee-registry-'));
  bucket = await openBucket();
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await bucket.close();
});

let count = 0;
const stores: [string, number, () => RegistryStore][] = [
  ['a directory', 20, () => directoryStore(join(directory, String(++count)))],
  ['a bucket', 5, () => bucketStore(bucket.client, 'registry', `${++count}/`)],
];

describe.each(stores)('A registry in %s', (_, teamCount, open) => {
  let store: RegistryStore;
  beforeEach(() => {
    store = open();
  });

  test('publishes a graph that composes, and creates no version for an unchanged one', async () => {
    expect(await newestVersion(store)).toBeUndefined();
    expect(await publish(store, [books()], 'ann')).toMatchObject({ number: 1, by: 'ann', what: 'publish books' });
    expect(await publish(store, [books()], 'ben')).toMatchObject({ number: 1 });
    expect(await live(store)).toContain('type Book');
  });

  test(`loses no publication when ${teamCount} teams publish concurrently`, async () => {
    const teams = Array.from({ length: teamCount }, (_, index) => `team${index}`);
    await Promise.all(teams.map((name) => publish(store, [subgraph(name, `type Query { ${name}: Int }`)], name)));
    const text = await live(store);
    expect(teams.filter((name) => !text.includes(`${name}: Int`))).toEqual([]);
    const versions = await lastVersions(store, 30);
    expect(versions.map(({ number }) => number)).toEqual(
      Array.from({ length: teamCount }, (_, index) => teamCount - index),
    );
    expect(new Set(versions.map(({ by }) => by)).size).toBe(teamCount);
  });

  test('rolls back to a previous version by creating a new one', async () => {
    await publish(store, [books()], 'ann');
    const before = await live(store);
    await publish(store, [books('title: String! pages: Int kind: Kind isbn: String')], 'ann');
    expect(await live(store)).toContain('isbn');
    expect(await rollback(store, 1, 'ben')).toMatchObject({ number: 3, what: 'roll back to 1' });
    expect(await live(store)).toBe(before);
    await expect(rollback(store, 9, 'ben')).rejects.toThrow('There is no version 9');
  });
});

describe('A change', () => {
  let store: RegistryStore;
  beforeEach(async () => {
    store = directoryStore(join(directory, String(++count)));
    await publish(store, [books()], 'ann');
    await registerOperations(store, 'web', manifest(['Titles', '{ books { title } }']));
  });

  test('that removes a field of a registered operation is rejected with the name of the operation', async () => {
    const change = [books('pages: Int kind: Kind')];
    const refused = await publish(store, change, 'ann').catch((failure: unknown) => failure);
    expect(refused).toBeInstanceOf(PublicationRejected);
    expect((refused as PublicationRejected).check).toMatchObject({
      passes: false,
      changes: [{ level: 'breaking', message: expect.stringContaining('title'), usedBy: ['web: Titles'] }],
    });
    expect(await newestVersion(store)).toMatchObject({ number: 1 });
  });

  test('that removes an unused field or adds one is accepted', async () => {
    expect(await check(store, [books('title: String! kind: Kind isbn: String')])).toMatchObject({
      passes: true,
      changes: expect.arrayContaining([expect.objectContaining({ level: 'breaking', usedBy: [] })]),
    });
  });

  const document = 'query Find($like: Like, $n: Int) { books(like: $like, first: $n) { kind } }';
  test.each([
    ['an enum value that may be returned', 'NOVEL ESSAY', 'NOVEL'],
    ['an argument', 'first: Int, ', ''],
    ['an input field', 'title: String kind: Kind }', 'kind: Kind }'],
    ['an optional input field that becomes required', 'Like { title: String ', 'Like { title: String! '],
    ['an added required argument', 'first: Int,', 'first: Int, shelf: Int!,'],
  ])('of %s is rejected with the operations that use it', async (_, from, to) => {
    await registerOperations(store, 'app', manifest(['Find', document]));
    const changed = { ...books(), sdl: books().sdl.replace(from, to) };
    const { passes, changes } = await check(store, [changed]);
    expect(passes).toBe(false);
    expect(changes.filter(({ level }) => level === 'breaking').flatMap(({ usedBy }) => usedBy)).toContain('app: Find');
  });

  test('with progressive overrides is listed by label', async () => {
    const override = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override"])
      type Book @key(fields: "id") { id: ID! pages: Int @override(from: "books", label: "percent(2.5)") }`;
    const options = ['--registry', join(directory, String(count))];
    expect(await registryCommand(['labels', ...options], directory)).toBe('No field has a label.\n');
    await publish(store, [{ name: 'pages', url: 'http://localhost/pages', sdl: override }], 'ann');
    expect(await registryCommand(['labels', ...options], directory)).toBe(
      'percent(2.5)\n  Book.pages  from books to pages\n',
    );
  });

  test('to connectors is rejected by name, since the gateway does not execute them', async () => {
    const sdl = join(directory, 'connectors.graphql');
    await writeFile(
      sdl,
      `extend schema
         @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
         @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect"])
       type Query { prices: String @connect(http: { GET: "http://prices.test" }, selection: "$") }`,
    );
    const options = ['--registry', join(directory, String(count)), '--sdl', sdl, '--url', 'http://prices.test'];
    await expect(registryCommand(['check', 'prices', ...options], directory)).rejects.toThrow(
      'UNSUPPORTED_FEATURE: the feature connect v0.3 (https://specs.apollo.dev/connect/v0.3) in the subgraph "prices" is not supported',
    );
  });

  test('that does not compose is rejected with all composition errors', async () => {
    const other = subgraph('other', 'type Query { books: Int } type Book @key(fields: "id") { id: Int! }');
    const { passes, problems } = await check(store, [other]);
    expect(passes).toBe(false);
    expect(problems.join('\n')).toContain('books');
  });
});

describe('A preview', () => {
  let store: RegistryStore;
  let preview: RegistryStore;
  beforeEach(() => {
    store = directoryStore(join(directory, String(++count)));
    preview = previewStore(store, 'pr-1');
  });
  const publishTo = (name: string, fields: string) =>
    publishPreview(store, preview, [subgraph(name, `type Query { ${fields} }`)], 'ann');

  test('keeps its own services after a rollback', async () => {
    await publishTo('extras', 'extra: Int');
    await publishTo('extras', 'extra: Int more: Int');
    await rollback(preview, 1, 'ann');
    await publishTo('others', 'other: Int');
    expect(await live(preview)).toMatch(/extra: Int[^]*other: Int/);
  });

  test('keeps the services of all teams that publish to it at the same time', async () => {
    const teams = ['one', 'two', 'three'];
    await Promise.all(teams.map((name) => publishTo(name, `${name}: Int`)));
    const text = await live(preview);
    expect(teams.filter((name) => !text.includes(`${name}: Int`))).toEqual([]);
  });
});

describe('A contract', () => {
  const tagged = subgraph(
    'books',
    `type Query { books(like: Like, hidden: Int): [Book!]! @tag(name: "partner") secret: String people: [Person] @tag(name: "partner") }
     type Mutation { burn: Boolean }
     type Book @key(fields: "id") @tag(name: "partner") { id: ID! title: String kind: Kind author: Person }
     type Person @key(fields: "id") { id: ID! email: String }
     enum Kind { NOVEL } input Like { title: String } input Other { a: Int } enum Unused { A }`,
  );

  test('contains only tagged fields and the types that they use', async () => {
    const store = directoryStore(join(directory, String(++count)));
    await publish(store, [tagged], 'ann');
    const contract = (await store.read('live/partner.graphql')) ?? '';
    const api = printSchema(Supergraph.build(contract).apiSchema().toGraphQLJSSchema());
    expect(api.replaceAll(/\s+/g, ' ')).toBe(
      'type Book { id: ID! title: String kind: Kind } enum Kind { NOVEL } input Like { title: String } type Query { books(like: Like, hidden: Int): [Book!]! }',
    );
  });

  test('has a list of its changes, without those of the rest of the graph', async () => {
    const store = directoryStore(join(directory, String(++count)));
    await publish(store, [tagged], 'ann');
    await publish(
      store,
      [{ ...tagged, sdl: tagged.sdl.replace('secret: String', 'secret: String other: Int') }],
      'ann',
    );
    const wider = tagged.sdl.replace('title: String', 'title: String pages: Int');
    await publish(store, [{ ...tagged, sdl: wider }], 'ann');
    const versions = JSON.parse((await store.read('live/partner-changes.json')) ?? '[]') as { at: string }[];
    expect(versions).toEqual([
      {
        version: 3,
        at: expect.stringMatching(/^\d{4}-/),
        changes: [{ level: 'safe', message: "Field 'pages' was added to object type 'Book'" }],
      },
      { version: 1, at: expect.stringMatching(/^\d{4}-/), changes: [] },
    ]);
  });

  test.each(stores)('keeps the changes of each of the concurrent publications in %s', async (_, teamCount, open) => {
    const store = open();
    await publish(store, [tagged], 'ann');
    const teams = Array.from({ length: Math.min(teamCount, 5) }, (_, index) => `team${index}`);
    const sdlOf = (name: string) => `type Query { ${name}: Int @tag(name: "partner") }`;
    await Promise.all(teams.map((name) => publish(store, [subgraph(name, sdlOf(name))], name)));
    const changes = JSON.parse((await store.read('live/partner-changes.json')) ?? '[]') as {
      version: number;
      changes: { message: string }[];
    }[];
    const versions = await lastVersions(store, teams.length);
    expect(changes.map(({ version, changes }) => [version, ...changes.map(({ message }) => message)])).toEqual([
      ...versions.map(({ number, by }) => [number, `Field '${by}' was added to object type 'Query'`]),
      [1],
    ]);
  });

  test('records the changes of earlier versions that have no record, as many as the time allows', async () => {
    const place = join(directory, String(++count));
    const store = directoryStore(place);
    const wider = ['', 'one: Int', 'one: Int two: Int'].map((fields) =>
      tagged.sdl.replace('title: String', `title: String ${fields}`),
    );
    for (const sdl of wider) await publish(store, [{ ...tagged, sdl }], 'ann');
    const written = async () => JSON.parse((await store.read('live/partner-changes.json')) ?? '[]') as object[];
    const [all, newest] = [await written(), await newestVersion(store)];
    for (const name of ['partner-changes', 'partner-changes.json'])
      await rm(join(place, 'live', name), { recursive: true });
    const contract = composeContract(compose([{ ...tagged, sdl: wider.at(-1)! }]).supergraph, 'partner')!;
    await writeContract(store, 'partner', contract, newest!, 0);
    expect(await written()).toEqual(all.slice(0, 1));
    await writeContract(store, 'partner', contract, newest!);
    expect(await written()).toEqual(all);
    expect(all).toHaveLength(3);
  });

  test('rejects a change that removes its last field, because gateways serve it', async () => {
    const store = directoryStore(join(directory, String(++count)));
    await publish(store, [tagged], 'ann');
    const { passes, problems } = await check(store, [
      { ...tagged, sdl: tagged.sdl.replaceAll('@tag(name: "partner")', '') },
    ]);
    expect([passes, problems]).toEqual([false, [expect.stringContaining('CONTRACT_EMPTY')]]);
  });
});

describe('npm run schema --', () => {
  const command = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [command, ...args]).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      ({ code, stdout, stderr }) => ({ code, output: String(stdout) + String(stderr) }),
    );
  const unasked = ['--unasked', 'no service runs in this test'];
  /** The output of a command that runs in this process. */
  const runInProcess = (...args: string[]) => registryCommand(args, directory);

  test('publishes, prints the history and rejects a change that breaks an operation', async () => {
    const registry = join(directory, 'command');
    const at = ['--registry', registry, '--by', 'ann'];
    const files = ['whole', 'less'].map((name) => join(directory, `${name}.graphql`));
    await writeFile(files[0] as string, books().sdl);
    await writeFile(files[1] as string, books('pages: Int').sdl);
    await writeFile(join(directory, 'web.json'), manifest(['Titles', '{ books { title } }']));
    const change = (file = '') => ['books', '--url', 'http://localhost/books', '--sdl', file, ...at];
    expect(await run('publish', ...change(files[0]), ...unasked)).toEqual({ code: 0, output: 'Version 1 is live.\n' });
    expect(await runInProcess('operations', 'web', join(directory, 'web.json'), ...at)).toBe(
      'Registered operations of web: 1\n',
    );
    expect(await runInProcess('history', ...at)).toContain('publish books (ann)');
    const { code, output } = await run('check', ...change(files[1]));
    expect([code, output]).toEqual([1, expect.stringContaining('used by web: Titles')]);
    await expect(runInProcess('rollback', 'x', ...at)).rejects.toThrow('Expected the number of a version, not "x"');
  });

  test('accepts a change that breaks an operation with --allow, and keeps the reason', async () => {
    const at = ['--registry', join(directory, 'allowed'), '--by', 'ann'];
    const files = ['all', 'fewer', 'broken'].map((name) => join(directory, `${name}.graphql`));
    for (const [index, { sdl }] of [books(), books('pages: Int'), books('title: Missing')].entries())
      await writeFile(files[index] as string, sdl);
    await writeFile(join(directory, 'app.json'), manifest(['Titles', '{ books { title } }']));
    const change = (file = '') => ['books', '--url', 'http://localhost/books', '--sdl', file, ...at];
    const allow = ['--allow', 'support for version 1 has ended'];
    await runInProcess('publish', ...change(files[0]), ...allow, ...unasked);
    expect(await runInProcess('history', ...at)).not.toContain('allowed');
    await runInProcess('operations', 'app', join(directory, 'app.json'), ...at);
    await expect(runInProcess('publish', ...change(files[1]), ...unasked)).rejects.toThrow('--allow');
    await expect(runInProcess('publish', ...change(files[1]), '--allow', ' ')).rejects.toThrow('needs a reason');
    await expect(runInProcess('publish', ...change(files[2]), ...allow, ...unasked)).rejects.toThrow(
      'must not be published.',
    );
    expect(await runInProcess('check', ...change(files[1]), ...allow)).toContain('since it is allowed: support for');
    expect(await runInProcess('publish', ...change(files[1]), ...allow, ...unasked)).toBe('Version 2 is live.\n');
    const history = await runInProcess('history', ...at);
    expect(history).toContain('allowed: support for version 1 has ended');
    expect(history).toMatch(/'title' was removed.*used by app: Titles/);
  });
});

describe('npm run schema -- in this process', () => {
  const run = (...args: string[]) => registryCommand(args, directory);
  const unasked = ['--unasked', 'no service runs in this test'];

  test('names the file, line and column of a syntax error', async () => {
    const file = join(directory, 'broken.graphql');
    await writeFile(file, 'type Query {\n  books(first Int): Int\n}\n');
    const change = ['books', '--url', 'http://localhost/books', '--sdl', file];
    await expect(run('check', ...change)).rejects.toThrow(
      `${file}:2:15: Syntax Error: Expected ":", found Name "Int".`,
    );
    await expect(run('lint', ...change)).rejects.toThrow(`${file}:2:15: `);
    await expect(run('lint', 'books', '--url', 'http://localhost/books', '--sdl', `${file}s`)).rejects.toThrow(
      'ENOENT',
    );
  });

  test('deletes a service, unless clients use it', async () => {
    const registry = join(directory, 'deleted');
    const at = ['--registry', registry, '--by', 'ann'];
    await publish(directoryStore(registry), [books(), subgraph('extras', 'type Query { extra: Int }')], 'ann');
    await registerOperations(directoryStore(registry), 'web', manifest(['Titles', '{ books { title } }']));
    await expect(run('delete', 'books', ...at)).rejects.toThrow('used by web: Titles');
    await expect(run('delete', 'missing', ...at)).rejects.toThrow('The live graph has no service "missing".');
    expect(await run('delete', 'extras', ...at)).toBe('Version 2 is live.\n');
    expect(await run('history', ...at)).toContain('delete extras (ann)');
    expect(await live(directoryStore(registry))).not.toContain('EXTRAS');
  });

  test('publishes removals together with everything that depends on them, and nothing else', async () => {
    const registry = join(directory, 'removals');
    const before = subgraph(
      'books',
      `type Query { book(id: ID, old: Int): Book gone: Gone kinds: [Kind] }
       type Book @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: ID! title: String }
       type Gone { a: Int } enum Kind { NOVEL ESSAY } input Old { a: Int } union Any = Book | Gone`,
    );
    const after = join(directory, 'after.graphql');
    await writeFile(
      after,
      `${link} type Query { book(id: ID): Book kinds: [Kind] added: Int }
       type Book @key(fields: "id") { id: ID! title: String pages: Int } enum Kind { NOVEL } union Any = Book`,
    );
    await publish(directoryStore(registry), [before], 'ann');
    const change = ['books', '--url', 'http://localhost/books', '--sdl', after, '--registry', registry];
    expect(await run('publish', ...change, '--removals')).toBe('Version 2 is live.\n');
    const differences = (await run('diff', '1', '2', '--registry', registry)).split('\n').filter(Boolean);
    expect(differences.map((line) => /'([^']+)'/.exec(line)?.[1]).toSorted()).toEqual([
      ...['ESSAY', 'Gone', 'Gone', 'Old', 'gone', 'isbn', 'old: Int'],
    ]);
    expect(await run('publish', ...change, ...unasked)).toBe('Version 3 is live.\n');
    expect(await run('diff', '2', '3', '--registry', registry)).not.toMatch(/^BREAKING/m);
  });
});

async function live(store: RegistryStore): Promise<string> {
  return (await store.read('live/supergraph.graphql')) ?? '';
}
