import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { start } from '@marquee/chassis/process/run-service';
import { service as gatewayService } from '@marquee/gateway/service';
import { registryCommand } from '@marquee/schema/registry/command';
import { testKeys } from '@marquee/testkit/test-keys';
import { post } from '@marquee/testkit/test-service';
import { buildASTSchema, graphql, parse } from 'graphql';

const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@tag"])
type Query { books(first: Int): [Book] @tag(name: "partner") }
type Book @key(fields: "id") { id: ID! @tag(name: "partner") slug: ID @tag(name: "partner") title: String pages(unit: ID): Int isbn: String }
`;

let directory: string;
let subgraph: Awaited<ReturnType<typeof openSubgraph>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marquee-usage-check-'));
  subgraph = await openSubgraph();
  await schema('publish', ...(await changed('')));
  await useAsClients();
});

afterAll(async () => {
  shut(subgraph.server);
  await rm(directory, { recursive: true, force: true });
});

describe('a check after clients have used a running gateway', () => {
  test('names the clients of a removed field, with their counts', async () => {
    const refused = await refusal('check', ...(await changed('title: String ')));
    expect(refused).toContain("Field 'title' was removed from object type 'Book'");
    expect(refused).toMatch(/used by web 1\.4\.2: 3 operations, last reported \d{4}-\d\d-\d\dT\d\d:\d\dZ/);
    expect(refused).toMatch(/used by importer: 1 operation, last/);
    expect(refused).toContain('Considered 5 operations of 3 clients in the last 30 days');
    expect(await refusal('publish', ...(await changed('title: String ')))).toContain('This must not be published.');
  });

  test('names the clients that leave out an argument which becomes required', async () => {
    expect(await refusal('check', ...(await changed('(unit: ID)', '(unit: ID!)')))).toMatch(
      /used by web 1\.4\.2: 1 operation/,
    );
  });

  test('accepts the removal of a field and an argument that no client uses', async () => {
    for (const unused of ['isbn: String', '(unit: ID)'])
      expect(await schema('check', ...(await changed(unused)))).toContain('This may be published.');
  });

  test('accepts use below the threshold, or outside of the days', async () => {
    const pages = await changed('pages(unit: ID): Int ');
    expect(await refusal('check', ...pages)).toContain('used by web 1.4.2: 1 operation');
    for (const options of [
      ['--threshold', '2'],
      ['--threshold', '50%'],
      ['--days', '0'],
    ])
      expect(await schema('check', ...pages, ...options)).toContain('This may be published.');
    expect(await refusal('check', ...pages, '--threshold', '20%')).toContain('web 1.4.2');
    expect(await refusal('check', ...pages, '--threshold', '0')).toContain('--threshold: expected');
  });

  test('reports a change as a comment and as JSON', async () => {
    const title = await changed('title: String ');
    const comment = await refusal('check', ...title, '--markdown');
    expect(comment).toContain('### Schema check: ❌ must not be published');
    expect(comment).toMatch(/\| ❌ \| .*title.* \| web 1\.4\.2: 3 operations, .*<br>importer: 1 operation, /);
    expect(await schema('check', ...(await changed('isbn: String')), '--markdown')).toContain('| no client |');
    const { passes, changes } = JSON.parse(await refusal('check', ...title, '--json')) as Record<string, unknown>;
    const observed = [expect.objectContaining({ client: 'web 1.4.2', count: 3 }), expect.anything()];
    expect([passes, changes]).toEqual([false, [expect.objectContaining({ isRefused: true, observed })]]);
    expect(await schema('check', ...title, '--markdown', '--allow', 'a *new* title')).toContain(
      'a &#42;new&#42; title',
    );
  });

  test('protects a contract, and names it', async () => {
    const untagged = await refusal('check', ...(await changed('slug: ID @tag(name: "partner")', 'slug: ID')));
    expect(untagged).toContain("Field 'slug' was removed from object type 'Book' (only in the contract partner)");
    expect(untagged).toContain('used by contract partner');
  });

  test('lists the clients', async () => {
    expect(await schema('usage', '--registry', directory)).toMatch(/ 3 {2}web 1\.4\.2, \d+ elements\n/);
  });
});

describe('publish', () => {
  test('refuses a field that the running service does not serve yet', async () => {
    const added = await changed('isbn: String', 'isbn: String rating: Int');
    expect(await refusal('publish', ...added)).toContain('does not serve this schema yet:\n  Book.rating\n');
    subgraph.sdl = sdl.replace('isbn: String', 'isbn: String rating: Int');
    expect(await schema('publish', ...added)).toBe('Version 2 is live.\n');
  });

  test('publishes removals before the service is replaced, and refuses that of a field in use', async () => {
    const next = await changed('isbn: String', 'rating: Int language: String');
    expect(await schema('publish', ...next, '--removals')).toBe('Version 3 is live.\n');
    expect(await schema('publish', ...next, '--removals')).toBe('Nothing is removed.\n');
    expect(await schema('diff', '2', '3', '--registry', directory)).toBe(
      "BREAKING     Field 'isbn' was removed from object type 'Book'\n",
    );
    expect(await refusal('publish', ...(await changed('title: String ')), '--removals')).toContain('web 1.4.2');
  });

  test('needs a reason for a service that cannot be asked, and keeps it', async () => {
    const next = await changed('isbn: String', 'rating: Int');
    const gone = next.map((text) => (text === subgraph.url ? 'http://127.0.0.1:1/graphql' : text));
    expect(await refusal('publish', ...gone)).toContain('cannot be asked');
    await schema('publish', ...gone, '--unasked', 'it starts later');
    expect(await schema('history', '--registry', directory)).toContain('the services were not asked: it starts later');
  });
});

describe('a preview graph', () => {
  test('is served at its own path, with its own services and those of the main graph', async () => {
    const [books, covers] = [await openSubgraph(), await openSubgraph()];
    covers.sdl = covers.sdl.replace(/type Query[^]*/, 'type Query { covers: Int }');
    const [registry, file] = [join(directory, 'with-previews'), join(directory, 'covers.graphql')];
    await writeFile(file, covers.sdl);
    const at = ['--registry', registry, '--by', 'ann'];
    const main = (await changed('')).map((text) => (text === subgraph.url ? books.url : text));
    await schema('publish', ...main, ...at);
    const preview = ['publish', 'covers', '--sdl', file, '--url', covers.url, '--graph', 'pr-7', ...at];
    const gateway = await openGateway(registry, { PREVIEW_REGISTRY: registry });
    const [mainUrl, previewUrl] = [`${gateway.url}/graphql`, `${gateway.url}/preview/pr-7`];
    const query = '{ covers books { title } }';
    expect((await fetch(previewUrl, { method: 'POST' })).status).toBe(404);
    expect(await schema(...preview)).toBe('Version 1 of pr-7 is live.\n');
    expect((await post(previewUrl, query)).data).toEqual({ covers: 7, books: [{ title: 'Tide' }] });
    expect((await post(mainUrl, query)).errors).toHaveLength(1);
    expect((await fetch(`${gateway.url}/preview/..%2F..`, { method: 'POST' })).status).toBe(404);
    expect(await schema('history', '--graph', 'pr-7', ...at)).toContain('publish covers (ann)');
    expect(await schema('history', ...at)).not.toContain('covers');
    await expect(schema('history', '--graph', '../x', ...at)).rejects.toThrow('Invalid graph "../x"');
    await gateway.close();
    for (const { server } of [books, covers]) shut(server);
  });
});

/** Two named clients, and one without a name, send operations to a gateway that reports their use when it stops. */
async function useAsClients(): Promise<void> {
  const gateway = await openGateway(directory, { USAGE_REGISTRY: directory });
  const web = { 'apollographql-client-name': 'web', 'apollographql-client-version': '1.4.2' };
  const send = (query: string, headers: Record<string, string>) => post(`${gateway.url}/graphql`, query, {}, headers);
  for (const query of ['{ books { title } }', '{ books(first: 1) { title } }', '{ books { title pages } }'])
    expect((await send(query, web)).errors).toEqual([]);
  await send('{ books { title } }', { 'graphql-client-name': 'importer' });
  await send('{ books { id } }', {});
  await gateway.close();
}

async function openGateway(registry: string, variables: Record<string, string>) {
  const { privateKey } = await testKeys();
  return start(gatewayService, {
    ...{ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DRAIN_SECONDS: '1', DRAIN_DELAY_SECONDS: '0' },
    ...{ SUPERGRAPH: join(registry, 'live/supergraph.graphql'), CALLER_SIGNING_KEY: privateKey },
    ...variables,
  });
}

/** The operands and options of a command for the SDL with a text replaced. */
async function changed(from: string, to = ''): Promise<string[]> {
  const file = join(await mkdtemp(join(directory, 'sdl-')), 'books.graphql');
  await writeFile(file, sdl.replace(from, to));
  return ['books', '--sdl', file, '--url', subgraph.url, '--registry', directory, '--by', 'ann'];
}

function schema(...args: string[]): Promise<string> {
  return registryCommand(args, directory);
}

function refusal(...args: string[]): Promise<string> {
  return schema(...args).then(
    (output) => `not refused: ${output}`,
    (failure: Error) => failure.message,
  );
}

function shut(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** A subgraph that serves its SDL and returns one book. */
async function openSubgraph(): Promise<{ server: Server; url: string; sdl: string }> {
  const opened = { server: createServer(), url: '', sdl };
  opened.server.on('request', (request, response) => {
    void text(request).then(async (body) => {
      const { query } = JSON.parse(body) as { query: string };
      const schema = buildASTSchema(parse(opened.sdl), { assumeValidSDL: true });
      const rootValue = { books: [{ id: '1', title: 'Tide', pages: 3 }], covers: 7 };
      const result = query.includes('_service')
        ? { data: { _service: { sdl: opened.sdl } } }
        : await graphql({ schema, source: query, rootValue });
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    });
  });
  await new Promise<void>((resolve) => opened.server.listen(0, '127.0.0.1', resolve));
  opened.url = `http://127.0.0.1:${(opened.server.address() as AddressInfo).port}/graphql`;
  return opened;
}
