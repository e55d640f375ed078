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
import { readPublicTrace, readTraceHeaders } from '../telemetry/tracing.js';
import { reportUnexpected } from '../telemetry/unexpected-errors.js';
import { sendGraphqlError, sendJson } from './json-response.js';
import type { WebSocketRoute } from './websocket-server.js';
import { pathOf } from './request-path.js';
import { recordRequest, traceRequest } from './request-telemetry.js';

/** Handles a request. An error is logged and answered with 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse, scope: RequestScope) => Promise<void> | void;

/** Handlers by path, without the query string. A path that ends in `/*` matches all paths below its first segment. */
export type Routes = Readonly<Record<string, Handler>>;

/** WebSocket routes by path. */
export type WebSocketRoutes = Readonly<Record<string, WebSocketRoute>>;

const maxHeaders = 100;

export interface HttpServerOptions {
  host: string;
  port: number;
  routes: Routes;
  /** Upgrade requests to other paths are answered with 404. */
  websockets?: WebSocketRoutes;
  timeouts?: HttpTimeouts;
  connectionLimits?: ConnectionLimits;
  /** See `Service.asyncContext`; Default: true. */
  asyncContext?: boolean;
  /** See `Service.isPublic`. Default: false. */
  isPublic?: boolean;
  log: Logger;
}

/** Seconds that a client has to send a request. */
export interface HttpTimeouts {
  /** The headers, from the opening of the connection. */
  headers: number;
  /** The whole request. */
  request: number;
}

/** A server that listens. */
export interface HttpServer {
  /** Its base URL, such as `http://127.0.0.1:4001`. */
  url: string;
  /** From now on every response has `connection: close`, so that few connections are open when the server closes. */
  startDraining(): void;
  /** Stops listening, closes sockets one by one and lets requests finish during the grace period, then terminates them. */
  close(graceMilliseconds: number): Promise<void>;
}

/**
 * Listens for HTTP/1.1 with limits: 100 headers of 16 kB in total, beyond which the response is 431, and by default 10 s for
 * the headers and 30 s for the whole request. Connections are kept alive for 65 s, longer than the 60 s of common load
 * balancers.
 *
 * @throws the system's error, for instance EADDRINUSE when the port is taken
 */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, websockets = {}, timeouts = { headers: 10, request: 30 }, connectionLimits = {} } = options;
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: timeouts.headers * 1000,
    requestTimeout: timeouts.request * 1000,
    // The delay with which a slow client is detected.
    connectionsCheckingInterval: Math.min(2_000, timeouts.headers * 250),
  });
  // Node silently drops headers above its limit: one more than ours reveals that there were too many.
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

/** Connections become idle one by one, so idle ones are closed repeatedly until none is left. */
async function closeServer(server: Server, graceMilliseconds: number): Promise<void> {
  server.prependListener('request', sendConnectionClose);
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
  const terminate = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(closeIdle);
  clearTimeout(terminate);
}

function sendConnectionClose(_: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, log, asyncContext = true, isPublic = false }: HttpServerOptions,
): Promise<void> {
  const started = performance.now();
  const route = routeOf(pathOf(request), routes);
  const routeHandler = { route, handler: routes[route] ?? notFound, log };
  const scope = createRequestScope(
    header(request, requestIdHeader),
    isPublic ? readPublicTrace(request.headers) : readTraceHeaders(request.headers),
  );
  const work = () =>
    traceRequest({ request, response, route }, scope, (within) => handle(request, response, within, routeHandler));
  await (asyncContext ? runInScope(scope, work) : work());
  if (isMetricsEnabled()) recordRequest({ request, response, route }, performance.now() - started);
}

/** The key of a path in the routes, and its low-cardinality name in telemetry; `*` for unknown paths. */
function routeOf(path: string, routes: Routes): string {
  if (Object.hasOwn(routes, path)) return path;
  const below = path.replace(/^(\/[^/]+\/).*$/, '$1*');
  return Object.hasOwn(routes, below) ? below : '*';
}

interface RouteHandler {
  route: string;
  handler: Handler;
  log: Logger;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  scope: RequestScope,
  { route, handler, log }: RouteHandler,
): Promise<void> {
  response.setHeader(requestIdHeader, scope.id);
  response.once('close', () => {
    if (!response.writableFinished) scope.cancellation.cancel();
  });
  if (hasTooManyHeaders(request)) return tooManyHeaders(response);
  try {
    await handler(request, response, scope);
  } catch (failure) {
    withScopeSync(scope, () => reportUnexpected(log, failure, { location: route, message: 'request failed' }));
    if (response.headersSent) response.destroy();
    else
      sendJson(response, 500, {
        errors: [{ message: 'An internal error occurred.', extensions: { code: 'INTERNAL' } }],
      });
  }
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  sendJson(response, 404, { message: 'There is no resource at this path.' });
}

function hasTooManyHeaders({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.length > 2 * maxHeaders;
}

function tooManyHeaders(response: ServerResponse): void {
  response.setHeader('connection', 'close');
  sendGraphqlError(response, 431, badInput({ path: 'headers', message: `a request may have at most ${maxHeaders}` }));
}

/** The value of a request header; the first one if it is repeated. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
