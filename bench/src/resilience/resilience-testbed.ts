import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import type { Closable } from '@marquee/chassis/process/closers';
import { freshKeys } from '@marquee/testkit/keys';
import { freePort } from '@marquee/testkit/ports';
import { parse } from 'graphql';
import { startProgram } from '../measuring/child-processes.js';
import { openFailingServices, type FailingServices } from './failing-services.js';

/** A gateway before a service that is well and one that may be ill. */
export interface ResilienceTestbed extends Closable {
  /** Of the gateway's endpoint. */
  url: string;
  pid: number;
  services: FailingServices;
  /** The file of the supergraph, and its text with another field. */
  supergraph: string;
  composeWith(more: string): string;
  /** How often the breaker of the service that may be ill has changed so, as the metrics tell. */
  breakerChanges(): Promise<Record<'open' | 'closed', number>>;
  close(): Promise<void>;
}

/** @param types how many the supergraph has */
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
    breakerChanges: () => changesOf(gateway.metrics),
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

async function changesOf(metrics: string): Promise<Record<'open' | 'closed', number>> {
  const text = await (await fetch(metrics)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('marquee_breaker_changes') && line.includes('"ill"'));
  const changes = (state: string): number =>
    Number(
      lines
        .find((line) => line.includes(`state="${state}"`))
        ?.split(' ')
        .at(1) ?? 0,
    );
  return { open: changes('open'), closed: changes('closed') };
}

function composed({ urls }: FailingServices, ill: string): string {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")';
  const services = (['steady', 'ill'] as const).map((name) => ({
    name,
    url: urls[name],
    typeDefs: parse(`${link} ${name === 'ill' ? ill : 'type Query { steady: String }'}`),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(String(errors));
  return supergraphSdl;
}

/** Types as a graph of several services has them, so that to build its schema is work. */
function schemaOfSize(count: number, more: string): string {
  const types = Array.from({ length: count }, (_, index) => {
    const fields = Array.from(
      { length: 8 },
      (__, nth) => `f${nth}(first: Int, after: String): T${(index + nth) % count}`,
    );
    return `"What there is." type T${index} { id: ID! ${fields.join(' ')} }`;
  });
  return `type Query { ill: String furniture: T0 ${more} } ${types.join(' ')}`;
}
