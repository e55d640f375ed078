import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import type { Closable } from '@marquee/chassis/process/closers';
import { freshKeys } from '@marquee/testkit/test-keys';
import { freePort } from '@marquee/testkit/ports';
import { parse } from 'graphql';
import { startProgram } from '../measuring/child-processes.js';
import { openFailingServices, type FailingServices } from './failing-services.js';

/** A gateway with a stable and an unstable subgraph. */
export interface ResilienceTestbed extends Closable {
  /** The gateway's GraphQL endpoint. */
  url: string;
  pid: number;
  services: FailingServices;
  /** Path of the supergraph file. */
  supergraph: string;
  /** Composes a supergraph with an additional field. */
  composeWith(more: string): string;
  /** How often the circuit breaker of the unstable subgraph has opened and closed, from the gateway's metrics. */
  breakerChanges(): Promise<Record<'open' | 'closed', number>>;
  close(): Promise<void>;
}

/** @param types number of object types of the supergraph */
export async function openResilienceTestbed(types: number): Promise<ResilienceTestbed> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-resilience-'));
  const services = await openFailingServices();
  const supergraph = join(folder, 'supergraph.graphql');
  const compose = (more: string) => composed(services, schemaOfSize(types, more));
  await writeFile(supergraph, compose(''));
  const gateway = await startGateway(supergraph);
  return {
    ...gateway,
    services,
    supergraph,
    composeWith: compose,
    breakerChanges: () => readBreakerChanges(gateway.metrics),
    async close() {
      await gateway.close();
      await services.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function startGateway(supergraph: string) {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    NODE_ENV: 'test',
    NODE_OPTIONS: `--import=${new URL('event-loop-probe.js', import.meta.url).href}`,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    LOG_LEVEL: 'fatal',
    SUPERGRAPH: supergraph,
    SUPERGRAPH_POLL_SECONDS: '0.1',
    SUBGRAPH_TIMEOUT_SECONDS: '1',
    SUBGRAPH_BREAKER_SECONDS: '1',
    CALLER_SIGNING_KEY: (await freshKeys()).privateKey,
  };
  const { pid, close } = await startProgram('gateway/dist/main.js', environment, url);
  return { pid, close, url: `${url}/graphql`, metrics: `http://127.0.0.1:${metricsPort}/metrics` };
}

async function readBreakerChanges(metrics: string): Promise<Record<'open' | 'closed', number>> {
  const text = await (await fetch(metrics)).text();
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith('marquee_breaker_changes') && line.includes('"unstable"'));
  const changes = (state: string): number =>
    Number(
      lines
        .find((line) => line.includes(`state="${state}"`))
        ?.split(' ')
        .at(1) ?? 0,
    );
  return { open: changes('open'), closed: changes('closed') };
}

function composed({ urls }: FailingServices, unstable: string): string {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")';
  const services = (['stable', 'unstable'] as const).map((name) => ({
    name,
    url: urls[name],
    typeDefs: parse(`${link} ${name === 'unstable' ? unstable : 'type Query { stable: String }'}`),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(String(errors));
  return supergraphSdl;
}

/** A schema of realistic size, so that building it takes time. */
function schemaOfSize(count: number, more: string): string {
  const types = Array.from({ length: count }, (_, index) => {
    const fields = Array.from(
      { length: 8 },
      (__, nth) => `f${nth}(first: Int, after: String): T${(index + nth) % count}`,
    );
    return `"A type." type T${index} { id: ID! ${fields.join(' ')} }`;
  });
  return `type Query { unstable: String types: T0 ${more} } ${types.join(' ')}`;
}
