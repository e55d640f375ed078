import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import type { Closable } from '@marquee/chassis/process/closers';
import { freshKeys } from '@marquee/testkit/test-keys';
import { freePort } from '@marquee/testkit/ports';
import { parse } from 'graphql';
import { startProgram } from '../measuring/child-processes.js';
import type { TokenIssuer } from './attack-plans.js';

/** A gateway under attack, with a subgraph of one field and a token issuer. */
export interface AttackTestbed extends Closable, TokenIssuer {
  /** The gateway's GraphQL endpoint. */
  url: string;
  pid: number;
  /** A valid query, and a part of its expected response. */
  query: string;
  expected: string;
  /** How often the gateway has fetched the issuer's keys. */
  keyFetches(): number;
  close(): Promise<void>;
}

export async function openAttackTestbed(): Promise<AttackTestbed> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-attacks-'));
  let fetches = 0;
  const service = await listen('{"data":{"steady":"steady"}}');
  const keys = await listen('{"keys":[]}', () => (fetches += 1));
  const tokenIssuer = { issuer: `${keys.url}/pool`, clientId: 'web' };
  const supergraph = join(folder, 'supergraph.graphql');
  await writeFile(supergraph, compose(service.url));
  const gateway = await startGateway(supergraph, tokenIssuer);
  return {
    ...tokenIssuer,
    url: gateway.url,
    pid: gateway.pid,
    query: '{ steady }',
    expected: '"steady":"steady"',
    keyFetches: () => fetches,
    async close() {
      await gateway.close();
      for (const { server } of [service, keys]) server.close().closeAllConnections();
      await rm(folder, { recursive: true });
    },
  };
}

/** Production settings, except that slow clients time out sooner. */
async function startGateway(supergraph: string, { issuer, clientId }: TokenIssuer) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const environment = {
    NODE_ENV: 'test',
    NODE_OPTIONS: `--import=${new URL('gc-on-signal.js', import.meta.url).href}`,
    PORT: new URL(url).port,
    LOG_LEVEL: 'warn',
    SUPERGRAPH: supergraph,
    CALLER_SIGNING_KEY: (await freshKeys()).privateKey,
    COGNITO_ISSUER: issuer,
    COGNITO_CLIENT_IDS: clientId,
    RATE_PER_ADDRESS: '200',
    RATE_PER_CALLER: '50',
    HEADERS_TIMEOUT_SECONDS: '2',
    REQUEST_TIMEOUT_SECONDS: '4',
  };
  const { pid, close } = await startProgram('gateway/dist/main.js', environment, url);
  return { pid, close, url: `${url}/graphql` };
}

async function listen(text: string, onRequest: () => void = () => undefined): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    onRequest();
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function compose(url: string): string {
  const typeDefs = parse(
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9") type Query { steady: String }',
  );
  const { supergraphSdl, errors } = composeServices([{ name: 'steady', url: `${url}/graphql`, typeDefs }]);
  if (supergraphSdl === undefined) throw new Error(String(errors));
  return supergraphSdl;
}
