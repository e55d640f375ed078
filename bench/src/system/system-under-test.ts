import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import type { Closable } from '@marquee/chassis/process/closers';
import { isPortFree } from '@marquee/chassis/process/ports';
import { type Instance, openInstance } from '@marquee/local/launcher/instance';
import type { ProcessRegistry } from '@marquee/local/launcher/orphans';
import type { ManagedProcess, RunningProcess } from '@marquee/local/launcher/managed-process';
import { startupStages } from '@marquee/local/launcher/stages';
import { postgresVariables } from '@marquee/local/launcher/subgraph-program';

/** The whole graph as `npm start` runs it, with temporary data. */
export interface SystemUnderTest extends Closable {
  /** The GraphQL endpoint. */
  url: string;
  /** Process ids by name. */
  pids: ReadonlyMap<string, number>;
  /** The environment variables of a service with a Postgres schema that locate its data. */
  databaseVariables(service: string): Variables;
  /** The endpoint of the DynamoDB emulator. */
  dynamodbEndpoint: string;
  /** Issues an access token for a user, valid for a day. */
  token(sub: string): Promise<string>;
  /** Ends a process with SIGKILL and starts it again. Resolves once it is ready. @throws Error for an unknown name */
  restart(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface SystemOptions {
  /** OTLP endpoint for traces and metrics; without it nothing is exported. */
  telemetry?: string;
  /** Redis of the gateway and the services. None by default. */
  redisUrl?: string;
  /** Further environment variables of the gateway. */
  gateway?: Variables;
}

/** @param firstPort where the search for free ports begins */
export async function startSystem(options: SystemOptions = {}, firstPort = 21_000): Promise<SystemUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-bench-'));
  // Postgres may run as another account, which needs access to the directory.
  await chmod(directory, 0o711);
  const instance = await openInstance({
    PORT: await freeRange(firstPort),
    DATA_DIR: directory,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
  });
  const pids = new Map<string, number>();
  const started: StartedProcess[] = [];
  const close = async (): Promise<void> => {
    for (const { running } of started.reverse()) await running.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await startStages(instance, pids, started, options);
    pids.set('postgres', await postgresPid(directory));
  } catch (failure) {
    await close();
    throw failure;
  }
  return {
    ...addressesOf(instance),
    pids,
    token: (sub) => tokenOf(instance, sub),
    restart: (name) => restart(started, name),
    close,
  };
}

interface StartedProcess {
  managed: ManagedProcess;
  running: RunningProcess;
}

async function restart(started: readonly StartedProcess[], name: string): Promise<void> {
  const one = started.find(({ managed }) => managed.name === name);
  if (!one) throw new Error(`There is no process "${name}".`);
  one.running.kill();
  await one.running.ended;
  one.running = await one.managed.start(new AbortController().signal);
}

function addressesOf(instance: Instance): Pick<SystemUnderTest, 'url' | 'databaseVariables' | 'dynamodbEndpoint'> {
  const { gateway, dynamodb } = instance.ports;
  return {
    url: `http://127.0.0.1:${gateway}/graphql`,
    databaseVariables: (service) => postgresVariables(instance, service),
    dynamodbEndpoint: `http://127.0.0.1:${dynamodb}`,
  };
}

async function startStages(
  instance: Instance,
  pids: Map<string, number>,
  started: StartedProcess[],
  { telemetry, redisUrl, gateway }: SystemOptions,
): Promise<void> {
  const register: ProcessRegistry = { add: (name, pid) => void pids.set(name, pid), remove: () => undefined };
  const outside = {
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry,
    REDIS_URL: redisUrl,
    limits: { ...unlimitedLive, ...gateway },
  };
  for (const { processes } of startupStages(instance, register, outside)) {
    const start = async (managed: ManagedProcess) => ({
      managed,
      running: await managed.start(new AbortController().signal),
    });
    const results = await Promise.allSettled(processes.map(start));
    for (const result of results) if (result.status === 'fulfilled') started.push(result.value);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

/** The first port of a free range for an instance. */
async function freeRange(first: number): Promise<number> {
  for (let port = first; port < first + 10_000; port += 50) {
    const free = await Promise.all(Array.from({ length: 22 }, (_, index) => isPortFree(port + index)));
    if (!free.includes(false)) return port;
  }
  throw new Error('The system has no 22 free ports in a row.');
}

async function postgresPid(directory: string): Promise<number> {
  const [line = ''] = (await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(line);
}

async function tokenOf({ ports }: Instance, sub: string): Promise<string> {
  const url = `http://127.0.0.1:${ports.issuer}/token?user=${encodeURIComponent(sub)}&ttl=86400`;
  return (await (await fetch(url, { headers: { accept: 'text/plain' } })).text()).trim();
}

import { unlimitedLive } from '@marquee/testkit/unlimited-live';
