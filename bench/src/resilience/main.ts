import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freshKeys } from '@marquee/chassis/testkit/keys';
import { freePort } from '@marquee/local/process/ports';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { type Child, startProgram } from '../measuring/children.js';
import { quantile } from '../measuring/spread.js';
import { textTable } from '../measuring/tables.js';
import { type Mood, openServices, type Services } from './services.js';

/** Clients that ask the steady service, and that ask the other; how long each part lasts, in milliseconds. */
const clients = { steady: 4, ill: 4 };
const period = 4_000;
const reloads = 20;

/**
 * Shows what a service that is ill costs those who ask another one, and how long reloads block the gateway's loop.
 * Every illness is measured between two times of health, so that what else the machine does falls on both.
 */
export async function benchResilience(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-resilience-'));
  const services = await openServices();
  const supergraph = join(folder, 'supergraph.graphql');
  await writeFile(supergraph, composed(services, ''));
  const gateway = await startGateway(supergraph);
  try {
    say(
      textTable([
        ['the other service', 'p95 well', 'p95 ill', 'ratio', 'failed'],
        ...(await illnesses(gateway, services)),
      ]),
    );
    say('');
    say(textTable([['loop of the gateway, ms', 'p99', 'most'], ...(await reloading(gateway, services, supergraph))]));
  } finally {
    await gateway.close();
    services.close();
    await rm(folder, { recursive: true });
  }
}

type Gateway = Child & { url: string };

async function illnesses(gateway: Gateway, services: Services): Promise<string[][]> {
  const rows: string[][] = [];
  await load(gateway, period);
  for (const mood of ['gone', 'hung', 'answers 500', 'garbage', '30 s late'] satisfies Mood[]) {
    const before = await load(gateway, period);
    services.mood = mood;
    const during = await load(gateway, period * 2);
    services.mood = 'well';
    await wait(period);
    const after = await load(gateway, period);
    const [well, ill] = [quantile([...before.times, ...after.times], 0.95), quantile(during.times, 0.95)];
    rows.push([mood, well.toFixed(1), ill.toFixed(1), (ill / well).toFixed(2), String(during.failed)]);
  }
  return rows;
}

async function reloading(gateway: Gateway, services: Services, file: string): Promise<string[][]> {
  await blocked(gateway);
  await load(gateway, period * 3);
  const quiet = await blocked(gateway);
  let going = true;
  const asking = load(gateway, () => going);
  for (let round = 0; round < reloads; round += 1) {
    await writeFile(file, round % 5 === 4 ? 'broken {' : composed(services, `round${round}: Int`));
    await wait(600);
  }
  going = false;
  const { failed } = await asking;
  const busy = await blocked(gateway);
  return [
    ['under load', ...quiet],
    [`under load, with ${reloads} reloads (${failed} requests failed)`, ...busy],
  ];
}

async function blocked({ pid }: Gateway): Promise<string[]> {
  process.kill(pid, 'SIGUSR2');
  await wait(200);
  const text = await readFile(join(tmpdir(), `marquee-loop-${pid}.json`), 'utf8');
  const { p99, most } = JSON.parse(text) as { p99: number; most: number };
  return [p99.toFixed(1), most.toFixed(1)];
}

/** Asks as fast as answers come; the times are those of who asks the steady service. */
async function load({ url }: Gateway, until: number | (() => boolean)): Promise<{ times: number[]; failed: number }> {
  const end = performance.now() + (typeof until === 'number' ? until : 0);
  const going = typeof until === 'number' ? () => performance.now() < end : until;
  const times: number[] = [];
  let failed = 0;
  const steady = async () => {
    while (going()) {
      const started = performance.now();
      if (!(await ask(url, '{ steady }')).includes('"steady":"steady"')) failed += 1;
      times.push(performance.now() - started);
      await wait(5);
    }
  };
  const ill = async () => {
    while (going()) await Promise.race([ask(url, '{ ill }').then(() => wait(5)), wait(period)]);
  };
  await Promise.all([...Array.from({ length: clients.steady }, steady), ...Array.from({ length: clients.ill }, ill)]);
  return { times, failed };
}

async function ask(url: string, query: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })).text();
}

function composed({ urls }: Services, more: string): string {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")';
  const services = (['steady', 'ill'] as const).map((name) => ({
    name,
    url: urls[name],
    typeDefs: parse(`${link} type Query { ${name}: String ${name === 'ill' ? more : ''} }`),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(String(errors));
  return supergraphSdl;
}

async function startGateway(supergraph: string): Promise<Gateway> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const probe = new URL('loop.js', import.meta.url).href;
  const environment = {
    NODE_ENV: 'test',
    NODE_OPTIONS: `--import=${probe}`,
    PORT: new URL(url).port,
    LOG_LEVEL: 'fatal',
    SUPERGRAPH: supergraph,
    SUPERGRAPH_POLL_SECONDS: '0.1',
    SUBGRAPH_TIMEOUT_SECONDS: '1',
    CALLER_SIGNING_KEY: (await freshKeys()).privateKey,
  };
  return { ...(await startProgram('gateway/dist/main.js', environment, url)), url: `${url}/graphql` };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
