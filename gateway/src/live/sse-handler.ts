import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { unauthenticated } from '@marquee/chassis/errors/errors';
import { maskErrors } from '@marquee/chassis/errors/mask-errors';
import { BodyError, readJsonBody } from '@marquee/chassis/http/json-body';
import { sendJson } from '@marquee/chassis/http/json-response';
import { type ClientSocket, openSocketCount } from '@marquee/chassis/http/websocket-server';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import { type ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import { type OperationParams, parseParams } from '../admission/operation-params.js';
import { clientAddress } from '../admission/rates/client-address.js';
import { bodyRefused, contentTypeRefused, type Refusal, refusalOf } from '../admission/refusals.js';
import { transports } from '../admission/transports.js';
import type { LiveHandlerOptions } from './websocket-route.js';

/** Answers operations as server-sent events, each over a request of its own. */
export interface SseHandler {
  /** Whether a request asks for events. */
  accepts(request: IncomingMessage): boolean;
  handler: Handler;
  /** Ends every stream, spread over so many milliseconds; without `complete`, so that clients come back. */
  drain(milliseconds: number): Promise<void>;
}

/** Milliseconds between two signs of life on a quiet stream. */
const heartbeatMs = 12_000;

/** Speaks the GraphQL over SSE protocol in its mode of distinct connections. */
export function openSseHandler(options: LiveHandlerOptions): SseHandler {
  const open = new Set<SseConnection>();
  const count = openSocketCount('events');
  let isDraining = false;
  return {
    accepts: (request) =>
      request.method === 'POST' && (header(request, 'accept') ?? '').toLowerCase().includes('text/event-stream'),
    async handler(request, response) {
      if (isDraining) return sendJson(response, 503, { errors: [] });
      const socket = socketOf(response, clientAddress(request, options.settings.TRUSTED_PROXIES));
      open.add(socket);
      count.value += 1;
      response.once('close', () => {
        open.delete(socket);
        count.value -= 1;
      });
      await answerWithEvents(options, request, response, socket).catch((failure: unknown) =>
        fail(options, response, failure),
      );
    },
    async drain(milliseconds) {
      isDraining = true;
      const sockets = [...open];
      for (const [index, socket] of sockets.entries()) {
        if (index > 0) await wait(milliseconds / sockets.length);
        socket.interrupt();
      }
    },
  };
}

async function answerWithEvents(
  options: LiveHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  socket: SseConnection,
): Promise<void> {
  const connection = await options.connections.connect(presentedBy(request), socket);
  await options.rates.checkCaller(connection.caller());
  const params = await readParams(request);
  const operation = await options.admission.admit(params, { caller: connection.caller() }, transports.events);
  if ('status' in operation) return refuse(response, operation, maskErrors(options.log));
  const results =
    operation.definition.operation === OperationTypeNode.SUBSCRIPTION
      ? await options.subscriptions.subscribe(operation, connection.caller)
      : [(await options.engine.run(operation.graph, operation)) as ExecutionResult];
  await send(response, results, socket, maskErrors(options.log));
}

/** A request, as a socket is to those who watch over callers. */
interface SseConnection extends ClientSocket {
  /** Why its caller may hear no more. */
  why?: string;
  isInterrupted: boolean;
  /** Ends its stream as if it broke off, so that the client comes back. */
  interrupt(): void;
}

function socketOf(response: ServerResponse, address: string): SseConnection {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const socket: SseConnection = {
    address,
    closed: closed.signal,
    isInterrupted: false,
    interrupt() {
      socket.isInterrupted = true;
      closed.abort();
    },
    close(_, reason) {
      socket.why = reason;
      closed.abort();
    },
  };
  return socket;
}

async function send(
  response: ServerResponse,
  results: AsyncIterableIterator<ExecutionResult> | ExecutionResult[],
  socket: SseConnection,
  mask: ReturnType<typeof maskErrors>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  response.write(':\n\n');
  const beating = setInterval(() => void response.write(':\n\n'), heartbeatMs);
  const leave = () => void (Array.isArray(results) || results.return?.());
  socket.closed.addEventListener('abort', leave);
  if (socket.closed.aborted) leave();
  const tell = async ({ errors, ...rest }: ExecutionResult) => {
    const shown = errors && { errors: errors.map((error) => mask(formatted(error), error)) };
    if (!response.write(`event: next\ndata: ${JSON.stringify({ ...shown, ...rest })}\n\n`) && !response.closed)
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
  };
  try {
    for await (const result of results) await tell(result);
    if (socket.why !== undefined) await tell({ errors: [unauthenticated(socket.why)] });
  } catch (failure) {
    await tell({ errors: [failure as GraphQLError] });
  } finally {
    clearInterval(beating);
  }
  const isWhole = Array.isArray(results) || !socket.isInterrupted;
  response.end(isWhole ? 'event: complete\ndata:\n\n' : undefined);
}

function formatted(error: GraphQLError): ReturnType<GraphQLError['toJSON']> {
  return error instanceof GraphQLError ? error.toJSON() : error;
}

/** Only what can name a caller; nothing else of a request's headers counts. */
function presentedBy({ headers }: IncomingMessage): Record<string, unknown> {
  return headers;
}

/** Largest request in bytes, as over a socket. */
const bodyLimit = 64 * 1024;

/** @throws GraphQLError for a body that is not a request */
async function readParams(request: IncomingMessage): Promise<OperationParams> {
  // A page of another origin cannot send this type without being asked first.
  if (!/^application\/json\b/i.test(header(request, 'content-type') ?? '')) throw contentTypeRefused();
  const params = parseParams(await readJsonBody(request, bodyLimit));
  if (params instanceof GraphQLError) throw params;
  return params;
}

function fail({ log }: LiveHandlerOptions, response: ServerResponse, failure: unknown): void {
  if (response.headersSent || response.closed) throw failure;
  refuse(response, refusalFor(failure), maskErrors(log));
}

/** @throws what is not a refusal */
function refusalFor(failure: unknown): Refusal {
  if (failure instanceof BodyError) return refusalOf([bodyRefused(failure.status, failure.message)]);
  if (failure instanceof GraphQLError) return refusalOf([failure]);
  throw failure;
}

function refuse(
  response: ServerResponse,
  { status, errors, headers }: Refusal,
  mask: ReturnType<typeof maskErrors>,
): void {
  response.setHeaders(headers);
  response.setHeader('connection', 'close');
  sendJson(response, status, { errors: errors.map((error) => mask(error.toJSON(), error)) });
}
