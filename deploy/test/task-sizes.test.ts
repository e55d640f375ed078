import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { nodeOptions } from '@marquee/chassis/process/node-options';
import { testKeys } from '@marquee/testkit/test-keys';
import { post } from '@marquee/testkit/test-service';
import { freshSchema, freshTable } from '@marquee/testkit/test-stores';
import { environments, serviceMemory } from '../src/environments.js';
import { serviceNames, subgraphNames } from '../src/names.js';
import { type ProgramOutput, startProgram } from './service-output.js';

/** The smallest task of a deployment, without the collector, in MiB. */
const memory = serviceMemory(environments.dev);

/** The share of its memory that a service may use at most. */
const limit = 0.85;

const supergraph = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const MEDIA_ID_KEY = 'a1B2'.repeat(16);
const stores: Record<string, Record<string, string>> = {
  // The example pictures of users take more memory than the uploads of a task, and production has none.
  users: {
    ...freshSchema(),
    SEED: 'false',
    MEDIA_ID_KEY,
    MEDIA_STORAGE: 'directory',
    MEDIA_UPLOAD_URL: 'http://127.0.0.1',
  },
  jobs: { ...freshSchema(), MEDIA_ID_KEY, WEBHOOK_KEYS: MEDIA_ID_KEY },
  messaging: freshTable(),
  shows: freshTable(),
};

const programs = new Map<string, ProgramOutput>();
let scratch: string;
let url: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sizes-'));
  await writeFile(join(scratch, 'supergraph.graphql'), supergraph);
  const keys = await testKeys();
  const common = {
    MEDIA_DIRECTORY: scratch,
    CALLER_KEYS: keys.publicKeys,
    SEED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const urls = await Promise.all(
    subgraphNames.map(async (name) => [name, `${await start(name, { ...common, ...stores[name] })}/graphql`]),
  );
  url = await start('gateway', {
    SUPERGRAPH: join(scratch, 'supergraph.graphql'),
    SUPERGRAPH_POLL_SECONDS: '0.1',
    SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(urls)),
    SUBGRAPH_TIMEOUT_SECONDS: '30',
    CALLER_SIGNING_KEY: keys.privateKey,
    DEV_IDENTITY: 'true',
  });
});

afterAll(async () => {
  for (const { stop } of programs.values()) stop();
  // They may write until they end.
  await Promise.all([...programs.values()].map(({ ended }) => ended));
  await rm(scratch, { recursive: true });
});

test('every service fits its task in dev while the gateway reloads twice under load', async () => {
  await load('before');
  for (const count of [1, 2]) {
    await writeFile(join(scratch, 'supergraph.graphql'), `${supergraph}\n# ${count}\n`);
    await Promise.all([load(`reload ${count}`), reloads(count)]);
  }
  const used = Object.fromEntries([...programs].map(([name, { pid }]) => [name, Math.round(peakMemory(pid))]));
  process.stdout.write(`Peak memory in MiB of ${memory}: ${JSON.stringify(used)}\n`);
  expect(Object.keys(used).sort()).toEqual([...serviceNames].sort());
  for (const [name, peak] of Object.entries(used)) expect([name, peak < limit * memory]).toEqual([name, true]);
}, 600_000);

/** Starts a service with the options of its task, and returns its address. */
async function start(name: string, variables: Record<string, string>): Promise<string> {
  const program = startProgram(name, variables, nodeOptions(memory));
  programs.set(name, program);
  return (JSON.parse(await program.line((line) => line.includes('"ready"'))) as { url: string }).url;
}

/** Sends pages of all services from several clients. Operations with new names are planned. */
async function load(label: string): Promise<void> {
  const clients = Array.from({ length: 4 }, (_, client) => client);
  await Promise.all(
    clients.map(async (client) => {
      for (let index = 0; index < 25; index += 1) {
        const name = `Page_${label.replace(' ', '_')}_${index % 3}`;
        const { errors } = await post(`${url}/graphql`, `query ${name} ${page}`, {}, { 'x-dev-user-id': `u${client}` });
        expect(errors).toEqual([]);
      }
    }),
  );
}

const page = `{ shows(first: 20) { edges { node { slug title addedBy { handle } jobs(first: 3) { edges { cursor } } } } }
  freelancers(first: 20) { edges { node { name styles { label } owner { handle displayName } } } }
  jobs(first: 10) { edges { node { title projectType { label } poster { handle } } } }
  feed(first: 20) { edges { node { message author { handle } } } }
  taxonomy { id label slug } conversations(first: 10) { edges { cursor } } }`;

async function reloads(count: number): Promise<void> {
  const gateway = programs.get('gateway');
  let seen = 0;
  await gateway?.line(() => {
    seen = gateway.lines.filter((line) => line.includes('supergraph reloaded')).length;
    return seen >= count;
  });
  expect(seen).toBeGreaterThanOrEqual(count);
}

/** The highest memory that a process has used, in MiB. */
function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
