/**
 * The stub subgraphs behind the measured gateways, in one separate process. They respond from memory, so that the cost of
 * the gateway dominates. A control endpoint emits events and discards telemetry.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reportReady } from '../measuring/child-processes.js';
import { createResponder, type GraphQLRequestBody } from './stub-responder.js';
import { subgraphSdl, type ServiceName } from './stub-schema.js';
import { type SubscriptionServer, openSubscriptionServer } from './subscription-server.js';

/** The addresses of the stub subgraphs. */
export interface StubSubgraphs {
  services: Record<ServiceName, string>;
  /** The control endpoint. */
  control: string;
}

await main();

async function main(): Promise<void> {
  const names = Object.keys(subgraphSdl) as ServiceName[];
  const opened = await Promise.all(names.map(async (name) => [name, await openService(name)] as const));
  const all = Object.fromEntries(opened);
  const control = await listen(createServer(controlOf(all['messaging']?.subscriptions)));
  const services = Object.fromEntries(opened.map(([name, { url }]) => [name, `${url}/graphql`]));
  reportReady({ services, control });
}

async function openService(name: ServiceName): Promise<{ url: string; subscriptions: SubscriptionServer }> {
  const responder = createResponder(name);
  const server = createServer((request, response) => void serve(request, response));
  server.keepAliveTimeout = 65_000;
  const subscriptions = openSubscriptionServer(responder, server);
  return { url: await listen(server), subscriptions };

  async function serve(...[request, response]: Parameters<RequestListener>): Promise<void> {
    const body = request.method === 'GET' ? requestFromQueryString(request) : await textOf(request);
    if (request.headers.accept?.includes('text/event-stream') && /"query":"\s*subscription/.test(body))
      return subscriptions.open(JSON.parse(body) as GraphQLRequestBody, request, response);
    reply(response, await responder.respond(body));
  }
}

function reply(response: Parameters<RequestListener>[1], text: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

/** `/emit?sequence=N` emits an event, `/subscribers` returns their number; other paths accept and discard telemetry. */
function controlOf(subscriptions: SubscriptionServer | undefined): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/emit') void subscriptions?.emit(Number(searchParams.get('sequence')));
    request
      .resume()
      .once('end', () => response.end(pathname === '/subscribers' ? String(subscriptions?.subscriberCount()) : '{}'));
  };
}

function requestFromQueryString({ url = '/' }: IncomingMessage): string {
  const { searchParams } = new URL(url, 'http://localhost');
  const request: GraphQLRequestBody = { query: searchParams.get('query') ?? '' };
  return JSON.stringify(request);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
