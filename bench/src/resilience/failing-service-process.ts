/** A process with a service of one field, which responds according to its failure mode. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { readInput, reportReady } from '../measuring/child-processes.js';
import type { ServiceAddresses, FailureMode } from './failing-services.js';

const field = readInput<string>();
let mode: FailureMode = 'healthy';

reportReady({
  url: await listen((request, response) => request.resume().on('end', () => respond(response))),
  control: await listen((request, response) => {
    void text(request).then((body) => {
      mode = body as FailureMode;
      response.end();
    });
  }),
} satisfies ServiceAddresses);

function respond(response: ServerResponse): void {
  if (mode === 'healthy') json(response);
  else if (mode === 'connection reset') response.destroy();
  else if (mode === 'HTTP 500') response.writeHead(500).end();
  else if (mode === 'invalid response') response.end('<html>');
  else if (mode === '30 s delay') setTimeout(() => json(response), 30_000);
}

function json(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(`{"data":{"${field}":"${field}"}}`);
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
