/**
 * The lower bound: the steps of each plan written by hand over kept connections, with no GraphQL. Who asks is told by
 * the digest of the token, as any gateway must at the least.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { given, tell } from '../../measuring/children.js';
import { broadcastBy } from './hand/broadcast.js';
import { openFetches } from './hand/fetches.js';
import { stepsOver } from './hand/steps.js';
import type { Setting } from './start.js';

const { world } = given<Setting>();
const fetches = openFetches(world.services);
const steps = stepsOver(fetches);
const callers = new Map<string, string>();

const server = createServer((request, response) => {
  void answer(request).then((text) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text),
  );
});
broadcastBy(server, world.services.messaging, steps.messageAdded);
server.listen(0, '127.0.0.1', () =>
  tell({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` }),
);

async function answer(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { operationName, variables } = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
  const caller = callerOf(request.headers.authorization ?? '');
  const step = steps.operations[operationName];
  if (!step) throw new Error(`Nobody wrote "${operationName}" by hand.`);
  return JSON.stringify({ data: await step(variables, caller) });
}

/** Stands for the caller that a gateway would have verified and signed before. */
function callerOf(authorization: string): string {
  const digest = createHash('sha256').update(authorization).digest('base64');
  const known = callers.get(digest) ?? authorization;
  callers.set(digest, known);
  return known;
}

interface Asked {
  operationName: string;
  variables: Record<string, unknown>;
}
