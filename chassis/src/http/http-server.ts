import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { badInput } from '../errors/errors.js';
import { isMetricsEnabled } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import {
  withScopeSync,
  type RequestScope,
  requestIdHeader,
  createRequestScope,
  runInScope,
} from '../telemetry/request-scope.js';
import { rejectAndClose, type ConnectionLimits, limitConnections } from './connection-limits.js';
import { readTraceHeaders } from '../telemetry/tracing.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import { sendGraphqlError, sendJson } from './json-response.js';
import type { WebSocketRoute } from './websocket-server.js';
import { recordRequest, traceRequest } from './request-telemetry.js';

/** Answers one request. What it throws is logged and answered with 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse, scope: RequestScope) => Promise<void> | void;

/** Handlers by path, without the query string; a path that ends in `/*` answers everything below its first part. */
export type Routes = Readonly<Record<string, Handler>>;

/** Takers of sockets by path. */
export type WebSocketRoutes = Readonly<Record<string, WebSocketRoute>>;

const maxHeaders = 100;

export interface HttpServerOptions {
  host: string;
  port: number;
  routes: Routes;
  /** Sockets by path; a request to upgrade elsewhere is refused. */
  websockets?: WebSocketRoutes;
  timeouts?: HttpTimeouts;
  connectionLimits?: ConnectionLimits;
  /** See `Service.ambient`; true when left out. */
  asyncContext?: boolean;
  log: Logger;
}

/** Seconds that a client has. */
export interface HttpTimeouts {
  /** For the headers of a request, from when the connection is open. */
  headers: number;
  /** For a whole request. */
  request: number;
}

/** A listening server. */
export interface HttpServer {
  /** Where it listens: `http://127.0.0.1:4001`. */
  url: string;
  /** From now on every answer asks its client to leave the connection, so that few are open when it comes to closing. */
  startDraining(): void;
  /** Stops accepting, spreads the closing of sockets and lets requests finish over so many milliseconds, then cuts. */
  close(graceMilliseconds: number): Promise<void>;
}

/**
 * Listens over HTTP/1.1 with bounded headers and times: 16 kB and 100 headers, more are answered with 431; 10 s for the
 * headers and 30 s for a whole request unless told, and keep-alive above the 60 s of a usual load balancer.
 *
 * @throws the system's error, for instance EADDRINUSE when the port is taken
 */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, websockets = {}, timeouts = { headers: 10, request: 30 }, connectionLimits = {} } = options;
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: timeouts.headers * 1000,
    requestTimeout: timeouts.request * 1000,
    // How late a slow client is noticed.
    connectionsCheckingInterval: Math.min(2_000, timeouts.headers * 250),
  });
  // Node drops those past its limit in silence: one more than ours shows that there were too many.
  server.maxHeadersCount = maxHeaders + 1;
  server.keepAliveTimeout = 65_000;
  limitConnections(server, connectionLimits);
  server.on('request', (request, response) => void serve(request, response, options));
  server.on('upgrade', (request, socket, head) => upgrade(websockets, request, socket, head));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    startDraining: () => void server.prependListener('request', sendConnectionClose),
    close: async (graceMilliseconds) => {
      const drained = Object.values(websockets).map((route) => route.drain(graceMilliseconds));
      await Promise.all([closeServer(server, graceMilliseconds), ...drained]);
    },
  };
}

function upgrade(live: WebSocketRoutes, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (hasTooManyHeaders(request)) return rejectAndClose(socket, '431 Request Header Fields Too Large');
  const path = pathOf(request);
  const route = Object.hasOwn(live, path) ? live[path] : undefined;
  if (route) route.upgrade(request, socket, head);
  else rejectAndClose(socket, '404 Not Found');
}

/** A connection that is busy at first goes idle later, so idle ones are swept until the last is gone. */
async function closeServer(server: Server, graceMilliseconds: number): Promise<void> {
  server.prependListener('request', sendConnectionClose);
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(sweep);
  clearTimeout(cut);
}

function sendConnectionClose(_: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, log, asyncContext = true }: HttpServerOptions,
): Promise<void> {
  const started = performance.now();
  const route = routeOf(pathOf(request), routes);
  const answering = { route, handler: routes[route] ?? notFound, log };
  const scope = createRequestScope(header(request, requestIdHeader), readTraceHeaders(request.headers));
  const work = () =>
    traceRequest({ request, response, route }, scope, (within) => answer(request, response, within, answering));
  await (asyncContext ? runInScope(scope, work) : work());
  if (isMetricsEnabled()) recordRequest({ request, response, route }, performance.now() - started);
}

/** The name that a path has among the routes: also what telemetry calls it, however many paths there are. */
function routeOf(path: string, routes: Routes): string {
  if (Object.hasOwn(routes, path)) return path;
  const below = path.replace(/^(\/[^/]+\/).*$/, '$1*');
  return Object.hasOwn(routes, below) ? below : '*';
}

interface Answering {
  route: string;
  handler: Handler;
  log: Logger;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  scope: RequestScope,
  { route, handler, log }: Answering,
): Promise<void> {
  response.setHeader(requestIdHeader, scope.id);
  response.once('close', () => {
    if (!response.writableFinished) scope.cancellation.cancel();
  });
  if (hasTooManyHeaders(request)) return tooManyHeaders(response);
  try {
    await handler(request, response, scope);
  } catch (failure) {
    withScopeSync(scope, () => reportUnexpected(log, failure, { place: route, message: 'request failed' }));
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { errors: [{ message: 'Something went wrong.', extensions: { code: 'INTERNAL' } }] });
  }
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  sendJson(response, 404, { message: 'There is nothing at this path.' });
}

function hasTooManyHeaders({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.length > 2 * maxHeaders;
}

function tooManyHeaders(response: ServerResponse): void {
  response.setHeader('connection', 'close');
  sendGraphqlError(response, 431, badInput({ path: 'headers', message: `a request has at most ${maxHeaders}` }));
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** One request header as text; of several, the first. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
