import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registryProcess } from '../src/launcher/registry.js';

let directory: string;
const [supergraph, partner] = ['registry/live/supergraph.graphql', 'registry/live/partner.graphql'];

beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'marquee-registry-'))));
afterAll(() => rm(directory, { recursive: true }));

test('a start publishes the graph only if a file of the publication has changed', async () => {
  await start();
  const published = await timeOf(supergraph);
  await writeFile(join(directory, `${supergraph}.last-good`), 'a copy of the gateway');
  await start();
  expect(await timeOf(supergraph)).toBe(published);
  await rm(join(directory, partner));
  await start();
  expect(await timeOf(partner)).toBeGreaterThan(published);
});

async function start(): Promise<void> {
  const registry = await registryProcess(directory).start(new AbortController().signal);
  await registry.stop();
}

async function timeOf(file: string): Promise<number> {
  return (await stat(join(directory, file))).mtimeMs;
}
