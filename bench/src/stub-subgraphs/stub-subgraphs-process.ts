/**
 * The services behind the measured gateways, in one process of their own. Each answers from memory, so that what is
 * measured is the gateway. The collector takes what telemetry sends; the control sends events out.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reportReady } from '../measuring/child-processes.js';
import { createResponder, type GraphQLRequestBody } from './stub-responder.js';
import { subgraphSdl, type ServiceName } from './stub-schema.js';
import { type SubscriptionServer, openSubscriptionServer } from './subscription-server.js';

/** Where everything is. */
export interface StubSubgraphs {
  services: Record<ServiceName, string>;
  control: string;
}

await main();

async function main(): Promise<void> {
  const names = Object.keys(subgraphSdl) as ServiceName[];
  const opened = await Promise.all(names.map(async (name) => [name, await openService(name)] as const));
  const all = Object.fromEntries(opened);
  const control = await listen(createServer(controlOf(all['messaging']?.streams)));
  const services = Object.fromEntries(opened.map(([name, { url }]) => [name, `${url}/graphql`]));
  reportReady({ services, control });
}

async function openService(name: ServiceName): Promise<{ url: string; streams: SubscriptionServer }> {
  const answers = createResponder(name);
  const server = createServer((request, response) => void serve(request, response));
  server.keepAliveTimeout = 65_000;
  const streams = openSubscriptionServer(answers, server);
  return { url: await listen(server), streams };

  async function serve(...[request, response]: Parameters<RequestListener>): Promise<void> {
    const body = request.method === 'GET' ? requestFromQueryString(request) : await textOf(request);
    if (request.headers.accept?.includes('text/event-stream') && /"query":"\s*subscription/.test(body))
      return streams.open(JSON.parse(body) as GraphQLRequestBody, request, response);
    reply(response, await answers.respond(body));
  }
}

function reply(response: Parameters<RequestListener>[1], text: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

/** `/emit?sequence=N` sends an event, `/listeners` counts who would get it; anything else is telemetry, and dropped. */
function controlOf(streams: SubscriptionServer | undefined): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/emit') void streams?.emit(Number(searchParams.get('sequence')));
    request
      .resume()
      .once('end', () => response.end(pathname === '/listeners' ? String(streams?.subscriberCount()) : '{}'));
  };
}

function requestFromQueryString({ url = '/' }: IncomingMessage): string {
  const { searchParams } = new URL(url, 'http://localhost');
  const asked: GraphQLRequestBody = { query: searchParams.get('query') ?? '' };
  return JSON.stringify(asked);
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
