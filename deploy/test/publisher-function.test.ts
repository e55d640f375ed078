import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assetPath } from '../src/paths.js';

let registry: string;
beforeAll(async () => void (registry = await mkdtemp(join(tmpdir(), 'marquee-publisher-'))));
afterAll(() => rm(registry, { recursive: true }));

const arn = 'arn:aws:lambda:eu-central-1:333333333333:function:marquee-prod-publisher';
const sdl = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9") type Query { people: Int }';

// The bundle, as Lambda runs it: composition must not need files that are not in it.
test('the function publishes for the service whose alias was invoked', async () => {
  const publish = { command: 'publish', sdl, by: 'ann', note: 'first' };
  expect(await invoke(`${arn}:users`, publish)).toEqual({ output: 'Version 1 is live.' });
  expect(await readFile(join(registry, 'live/supergraph.graphql'), 'utf8')).toContain('url: "http://users"');
  expect(await invoke(`${arn}:users`, { ...publish, name: 'jobs' })).toEqual({
    error: expect.stringContaining('invalid'),
  });
  expect(await invoke(`${arn}:users-preview`, publish)).toEqual({ error: expect.stringContaining('not allowed') });
  for (const foreign of [arn, `${arn}:7`, `${arn}:__proto__`, `${arn}:gateway`])
    await expect(invoke(foreign, publish)).rejects.toThrow('belongs to no service');
}, 60_000);

async function invoke(invokedFunctionArn: string, request: object): Promise<unknown> {
  const bundle = join(assetPath('publisher'), 'index.mjs').replace('/src/', '/dist/');
  const script = `
    const { handler } = await import(process.env.BUNDLE);
    const answer = await handler(JSON.parse(process.env.REQUEST), { invokedFunctionArn: process.env.ARN });
    process.stdout.write(JSON.stringify(answer));`;
  const env = {
    REGISTRY: registry,
    SUBGRAPH_URLS: JSON.stringify({ users: 'http://users', jobs: 'http://jobs' }),
    ...{ BUNDLE: bundle, REQUEST: JSON.stringify(request), ARN: invokedFunctionArn },
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
  return JSON.parse(stdout);
}
