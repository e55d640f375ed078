import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { item, openShows, listSlugs, writer } from '../fixtures/shows-testbed.js';

const example = 'subgraphs/shows/examples/challenge.json';

/** A server with the gateway's `/graphql`, in front of the real service, and the issuer's `/token`. */
interface TestGateway {
  url: string;
  requests: string[];
  close(): void;
}

async function openTestGateway(shows: TestService): Promise<TestGateway> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void (request.url === '/token' ? answerToken(request, response) : ask(shows, request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests, close: () => void server.close() };
}

async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const expected = `Basic ${Buffer.from('dev-ingest:right').toString('base64')}`;
  const form = await textOf(request);
  const valid = request.headers.authorization === expected && form === 'grant_type=client_credentials';
  response
    .writeHead(valid ? 200 : 400)
    .end(JSON.stringify(valid ? { access_token: 'good' } : { error: 'invalid_client' }));
}

async function ask(shows: TestService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { query, variables } = JSON.parse(await textOf(request)) as { query: string; variables: object };
  const caller = request.headers.authorization === 'Bearer good' ? writer : undefined;
  const { data, errors } = await shows.request(query, { variables, ...(caller && { caller }) });
  response.end(JSON.stringify({ data, ...(errors.length > 0 && { errors }) }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

interface CommandResult {
  code: number;
  output: string;
  errors: string;
}

describe('npm run import-shows', () => {
  let shows: TestService;
  let gateway: TestGateway;
  let directory: string;
  beforeAll(async () => {
    shows = await openShows();
    gateway = await openTestGateway(shows);
    directory = await mkdtemp(join(tmpdir(), 'import-shows-'));
  });
  beforeEach(() => void (gateway.requests.length = 0));
  afterAll(async () => {
    gateway.close();
    await shows.close();
    await rm(directory, { recursive: true });
  });

  function run(args: string[], variables: Record<string, string> = {}): Promise<CommandResult> {
    const settings = {
      GRAPH_URL: `${gateway.url}/graphql`,
      TOKEN_URL: `${gateway.url}/token`,
      CLIENT_ID: 'dev-ingest',
      CLIENT_SECRET: 'right',
    };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['subgraphs/shows/dist/import-shows.js', ...args],
        { env: { ...settings, ...variables } },
        (failure, output, errors) => resolve({ code: failure ? Number(failure.code) : 0, output, errors }),
      );
    });
  }

  async function file(content: string): Promise<string> {
    const path = join(directory, `${Math.random()}.json`);
    await writeFile(path, content);
    return path;
  }

  test('imports a document, and changes nothing when it is repeated', async () => {
    const first = await run([example]);
    expect(first).toMatchObject({ code: 0, errors: '' });
    expect(first.output).toMatch(/^created {2}show\/elevenaside\n/);
    expect(first.output).toMatch(/Total: 10 created, 0 conflicts, 0 invalid\.\n$/);
    const again = await run([example]);
    expect(again.code).toBe(0);
    expect(again.output).toMatch(/^conflict show\/elevenaside\n[^]*Total: 0 created, 10 conflicts, 0 invalid\.\n$/);
    expect(await listSlugs(shows, {})).toHaveLength(10);
  });

  test('reports invalid items and exits with 1', async () => {
    const payload = [item('fine'), item('bad', { episodeCount: -1, primaryColour: 'red' })];
    const { code, output } = await run([await file(JSON.stringify({ payload }))]);
    expect(code).toBe(1);
    expect(output).toContain('invalid  payload[1] show/bad: episodeCount must not be negative');
    expect(output).toContain('Total: 1 created, 0 conflicts, 1 invalid.');
  });

  test('imports a large document in several calls with continuous positions', async () => {
    const payload = Array.from({ length: 600 }, (_, at) => item(`large-${at}`));
    payload.push(item('large-bad', { title: '' }));
    const { output } = await run([await file(JSON.stringify({ payload, skip: 0, take: 601, totalRecords: 601 }))]);
    expect(output).toContain('payload[600] show/large-bad: title is required');
    expect(output).toContain('Total: 600 created, 0 conflicts, 1 invalid.');
    expect(gateway.requests).toEqual(['POST /token', 'POST /graphql', 'POST /graphql', 'POST /graphql']);
  });

  test.each([
    ['is truncated', '{\n  "payload": [', 'unexpected end at line 2, column 15'],
    ['has a different shape', '{ "payload": [{ "slug": "show/x", "title": 7 }] }', 'payload[0].title: '],
  ])('rejects a document that %s, with the position, before any request', async (_, content, place) => {
    const { code, output, errors } = await run([await file(content)]);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toContain(`Could not decode request: ${place}`);
    expect(gateway.requests).toEqual([]);
  });

  test('stops without a token and does not print the secret', async () => {
    const { code, errors } = await run([example], { CLIENT_SECRET: 'wrong-secret' });
    expect(code).toBe(1);
    expect(errors).toMatch(/Could not get an access token: .* answered 400 invalid_client/);
    expect(errors).not.toContain('wrong-secret');
    expect(gateway.requests).toEqual(['POST /token']);
  });

  test('stops when the graph is unreachable', async () => {
    const { code, errors } = await run([example], { GRAPH_URL: 'http://127.0.0.1:9/graphql' });
    expect(code).toBe(1);
    expect(errors).toContain('The import stopped: http://127.0.0.1:9/graphql is unavailable');
  });

  test('reports a missing argument, file or setting', async () => {
    expect(await run([])).toMatchObject({ code: 1, errors: expect.stringContaining('Usage: npm run import-shows') });
    expect(await run(['no-such-file.json'])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('no such file'),
    });
    expect(await run([example], { GRAPH_URL: '' })).toMatchObject({
      code: 78,
      errors: expect.stringContaining('GRAPH_URL'),
    });
  });

  test('the example document is valid JSON of the expected shape', async () => {
    expect(JSON.parse(await readFile(example, 'utf8'))).toMatchObject({ skip: 0, take: 10, totalRecords: 75 });
  });
});
