/** The lower bound: callers are verified, and each query plan is written by hand over persistent connections. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readInput, reportReady } from '../../measuring/child-processes.js';
import { serveSubscriptions } from './hand-written/subscription-relay.js';
import { openCallerVerifier } from './hand-written/caller-verifier.js';
import { openSubgraphClient } from './hand-written/subgraph-client.js';
import { createPlans } from './hand-written/plans.js';
import type { GatewayInput } from './start-gateway.js';

const input = readInput<GatewayInput>();
const { subgraphs } = input;
const verifier = await openCallerVerifier(input);
const plans = createPlans(openSubgraphClient(subgraphs.services, verifier));

const server = createServer((request, response) => {
  void respond(request).then((text) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text),
  );
});
serveSubscriptions(server, subgraphs.services.messaging, plans.messageAdded);
server.listen(0, '127.0.0.1', () =>
  reportReady({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` }),
);

async function respond(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { operationName, variables } = JSON.parse(Buffer.concat(chunks).toString()) as GraphQLRequest;
  const caller = await verifier.identify(request);
  const plan = plans.operations[operationName];
  if (!plan) throw new Error(`There is no hand-written plan for "${operationName}".`);
  return JSON.stringify({ data: await plan(variables, caller) });
}

interface GraphQLRequest {
  operationName: string;
  variables: Record<string, unknown>;
}
