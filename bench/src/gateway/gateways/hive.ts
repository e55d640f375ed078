/**
 * Hive Gateway on Node's HTTP server, with its HTTP executor as the transport to the subgraphs; with its planner in
 * JavaScript or the one of its router, in Rust.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { readInput, reportReady } from '../../measuring/child-processes.js';
import type { HiveInput } from './start-gateway.js';

const { supergraph, planner } = readInput<HiveInput>();
const gateway = createGatewayRuntime({
  supergraph: await readFile(supergraph, 'utf8'),
  ...(planner === 'router' && { unifiedGraphHandler }),
  logging: false,
  maskedErrors: false,
  transports: () => ({
    getSubgraphExecutor: ({ transportEntry, fetch }) =>
      // The two packages of the same vendor declare different types for fetch.
      buildHTTPExecutor({ endpoint: transportEntry.location ?? '', fetch: fetch as never }),
  }),
});
const server = createServer((request, response) => void gateway(request, response));
const sockets = new WebSocketServer({ server, path: gateway.graphqlEndpoint });
useServer(
  getGraphQLWSOptions(gateway, () => ({})),
  sockets,
);
// Its sockets would accept operations before the supergraph is loaded.
await gateway.getSchema();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  reportReady({ url: `http://127.0.0.1:${port}${gateway.graphqlEndpoint}` });
});
