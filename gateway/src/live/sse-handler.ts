import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { badInput, unauthenticated } from '@marquee/chassis/errors/errors';
import { maskErrors } from '@marquee/chassis/errors/mask';
import { BodyError, readJson } from '@marquee/chassis/http/body';
import { json } from '@marquee/chassis/http/json';
import { type LiveSocket, openSockets } from '@marquee/chassis/http/live';
import { type Handler, header } from '@marquee/chassis/http/server';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { z } from 'zod';
import { clientAddress } from '../admission/rates/client-address.js';
import type { GuardedRequest } from '../admission/documents/persisted-documents.js';
import { answer, type LiveHandlerOptions, prepare } from './websocket-route.js';
import { isSubscription } from './live-operation.js';

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
  const count = openSockets('events');
  let isDraining = false;
  return {
    accepts: (request) =>
      request.method === 'POST' && (header(request, 'accept') ?? '').toLowerCase().includes('text/event-stream'),
    async handler(request, response) {
      if (isDraining) return json(response, 503, { errors: [] });
      const socket = socketOf(response, clientAddress(request, options.settings.TRUSTED_PROXIES));
      open.add(socket);
      count.value += 1;
      response.once('close', () => {
        open.delete(socket);
        count.value -= 1;
      });
      await answerWithEvents(options, request, response, socket).catch((failure: unknown) =>
        refuse(options, response, failure),
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
  const prepared = await prepare(options, await readRequest(request), connection.caller());
  if ('faults' in prepared) throw new Refusal(400, prepared.faults);
  const { request: asked, operation } = prepared;
  const results = isSubscription(operation)
    ? await options.subscriptions.subscribe(asked, connection.caller)
    : [await answer(options.server, asked, { caller: connection.caller() })];
  await send(response, results, socket, maskErrors(options.log));
}

/** A refusal of the request itself, before there is a stream. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly GraphQLError[],
  ) {
    super('refused');
  }
}

/** A request, as a socket is to those who watch over callers. */
interface SseConnection extends LiveSocket {
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

const requestShape = z.object({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
  documentId: z.unknown().optional(),
});

/** Largest request in bytes, as over a socket. */
const bodyLimit = 64 * 1024;

async function readRequest(request: IncomingMessage): Promise<GuardedRequest> {
  // A page of another origin cannot send this type without being asked first.
  if (!/^application\/json\b/i.test(header(request, 'content-type') ?? ''))
    throw new Refusal(415, [badInput({ path: 'content-type', message: 'expected application/json' })]);
  const read = requestShape.safeParse(await readJson(request, bodyLimit));
  if (read.success) return read.data;
  throw new Refusal(400, [badInput({ path: 'body', message: 'expected an object with a query' })]);
}

function refuse({ log }: LiveHandlerOptions, response: ServerResponse, failure: unknown): void {
  if (response.headersSent || response.closed) throw failure;
  const { status, errors } = refusalOf(failure);
  response.setHeader('connection', 'close');
  json(response, status, { errors: errors.map((error) => maskErrors(log)(error.toJSON(), error)) });
}

function refusalOf(failure: unknown): { status: number; errors: readonly GraphQLError[] } {
  if (failure instanceof Refusal) return failure;
  if (failure instanceof BodyError)
    return { status: failure.status, errors: [badInput({ path: 'body', message: failure.message })] };
  if (!(failure instanceof GraphQLError)) throw failure;
  const { http } = failure.extensions as { http?: { status?: number } };
  return { status: http?.status ?? 400, errors: [failure] };
}
