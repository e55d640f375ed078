/** The lower bound: who asks is known, and the steps of each plan are written by hand over kept connections. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { given, tell } from '../../measuring/children.js';
import { broadcastBy } from './hand/broadcast.js';
import { openCallers } from './hand/callers.js';
import { openFetches } from './hand/fetches.js';
import { stepsOver } from './hand/steps.js';
import type { Setting } from './start.js';

const setting = given<Setting>();
const { world } = setting;
const callers = await openCallers(setting);
const steps = stepsOver(openFetches(world.services, callers));

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
  const caller = await callers.identify(request);
  const step = steps.operations[operationName];
  if (!step) throw new Error(`Nobody wrote "${operationName}" by hand.`);
  return JSON.stringify({ data: await step(variables, caller) });
}

interface Asked {
  operationName: string;
  variables: Record<string, unknown>;
}
