/** The lower bound: who asks is known, and the steps of each plan are written by hand over kept connections. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readInput, reportReady } from '../../measuring/child-processes.js';
import { serveSubscriptions } from './hand-written/subscription-relay.js';
import { openCallerVerifier } from './hand-written/caller-verifier.js';
import { openSubgraphClient } from './hand-written/subgraph-client.js';
import { createPlans } from './hand-written/plans.js';
import type { GatewayInput } from './start-gateway.js';

const setting = readInput<GatewayInput>();
const { world } = setting;
const callers = await openCallerVerifier(setting);
const steps = createPlans(openSubgraphClient(world.services, callers));

const server = createServer((request, response) => {
  void answer(request).then((text) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text),
  );
});
serveSubscriptions(server, world.services.messaging, steps.messageAdded);
server.listen(0, '127.0.0.1', () =>
  reportReady({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` }),
);

async function answer(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { operationName, variables } = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
  const caller = await callers.identify(request);
  const step = steps.operations[operationName];
  if (!step) throw new Error(`Nobody wrote "${operationName}" by hand.`);
  return JSON.stringify({ data: await step(variables, caller) });
}

interface Asked {
  operationName: string;
  variables: Record<string, unknown>;
}
