import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { unauthenticated } from '@marquee/chassis/errors/errors';
import type { MaskError } from '@marquee/chassis/errors/mask-errors';
import { BodyError, readJsonBody } from '@marquee/chassis/http/json-body';
import { sendJson, sendJsonText } from '@marquee/chassis/http/json-response';
import { type ClientSocket, openSocketCount } from '@marquee/chassis/http/websocket-server';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import { subjectKey } from '@marquee/chassis/identity/caller-key';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import { type ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import Negotiator from 'negotiator';
import { maskClientErrors } from '../admission/mask-client-errors.js';
import { type OperationParams, parseParams } from '../admission/operation-params.js';
import { clientAddress } from '../admission/rates/client-address.js';
import { bodyRefused, contentTypeRefused, type Refusal, refusalOf } from '../admission/refusals.js';
import { transports } from '../admission/transports.js';
import type { LiveHandlerOptions } from './websocket-route.js';

/** Executes operations over server-sent events (SSE), one operation per request. */
export interface SseHandler {
  /** Whether the request accepts an event stream. */
  accepts(request: IncomingMessage): boolean;
  handler: Handler;
  /** Interrupts all streams, spread over this time. They end without `complete`, so that clients reconnect. */
  drain(milliseconds: number): Promise<void>;
}

/** Milliseconds between the comments that keep an idle stream alive. */
const heartbeatMs = 12_000;

/** Implements the "distinct connections mode" of the GraphQL over SSE protocol (enisdenjo/graphql-sse, PROTOCOL.md). */
export function openSseHandler(options: LiveHandlerOptions): SseHandler {
  const openConnections = new Set<SseConnection>();
  const count = openSocketCount('events');
  let isDraining = false;
  return {
    accepts: (request) =>
      request.method === 'POST' && (header(request, 'accept') ?? '').toLowerCase().includes('text/event-stream'),
    async handler(request, response) {
      if (isDraining) return sendJson(response, 503, { errors: [] });
      const connection = connectionOf(response, clientAddress(request, options.settings.TRUSTED_PROXIES));
      openConnections.add(connection);
      count.value += 1;
      response.once('close', () => {
        openConnections.delete(connection);
        count.value -= 1;
      });
      await handleOperation(options, request, response, connection).catch((failure: unknown) =>
        fail(options, response, failure),
      );
    },
    async drain(milliseconds) {
      isDraining = true;
      const connections = [...openConnections];
      for (const [index, connection] of connections.entries()) {
        if (index > 0) await wait(milliseconds / connections.length);
        connection.interrupt();
      }
    },
  };
}

async function handleOperation(
  options: LiveHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  connection: SseConnection,
): Promise<void> {
  const { caller } = await options.connections.connect(credentialsOf(request), connection);
  await options.rates.checkCaller(caller());
  const params = await readParams(request);
  const origin = { address: connection.address, caller: subjectKey(caller()) };
  const operation = await options.admission.admit(params, { caller: caller(), origin }, transports.events);
  if ('status' in operation) return refuse(response, operation, maskClientErrors(options.log));
  const mask = maskClientErrors(options.log);
  if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION)
    return sendResults(response, await options.subscriptions.subscribe(operation, caller), connection, mask);
  const result = (await options.engine.run(operation.graph, operation)) as ExecutionResult;
  if (prefersStream(request)) return sendResults(response, [result], connection, mask);
  sendJsonText(response, result.data === undefined ? 400 : 200, stringifyResult(result, mask));
}

/** Whether the client prefers an event stream to JSON. Many accept both, for queries and subscriptions alike. */
function prefersStream(request: IncomingMessage): boolean {
  const types = ['text/event-stream', 'application/json', 'application/graphql-response+json'];
  return new Negotiator(request).mediaType(types) === 'text/event-stream';
}

function stringifyResult({ errors, ...rest }: ExecutionResult, mask: MaskError): string {
  const masked = errors && { errors: errors.map((error) => mask(toFormatted(error), error)) };
  return losslessJson.encode(JSON.stringify({ ...masked, ...rest }));
}

/** The connection of one event stream, with the interface of a WebSocket for `LiveConnections`. */
interface SseConnection extends ClientSocket {
  /** Why `LiveConnections` closed it. */
  closeReason?: string;
  isInterrupted: boolean;
  /** Ends the stream as if the connection broke, so that the client reconnects. */
  interrupt(): void;
}

function connectionOf(response: ServerResponse, address: string): SseConnection {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const connection: SseConnection = {
    address,
    closed: closed.signal,
    isInterrupted: false,
    interrupt() {
      connection.isInterrupted = true;
      closed.abort();
    },
    close(_, reason) {
      connection.closeReason = reason;
      closed.abort();
    },
  };
  return connection;
}

async function sendResults(
  response: ServerResponse,
  results: AsyncIterableIterator<ExecutionResult> | ExecutionResult[],
  connection: SseConnection,
  mask: MaskError,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  response.write(':\n\n');
  const heartbeat = setInterval(() => void response.write(':\n\n'), heartbeatMs);
  endWith(connection, results);
  const sendNext = async (result: ExecutionResult) => {
    if (!response.write(`event: next\ndata: ${stringifyResult(result, mask)}\n\n`) && !response.closed)
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
  };
  try {
    for await (const result of results) await sendNext(result);
    if (connection.closeReason !== undefined) await sendNext({ errors: [unauthenticated(connection.closeReason)] });
  } catch (failure) {
    await sendNext({ errors: [failure as GraphQLError] });
  } finally {
    clearInterval(heartbeat);
  }
  const isComplete = Array.isArray(results) || !connection.isInterrupted;
  response.end(isComplete ? 'event: complete\ndata:\n\n' : undefined);
}

function endWith({ closed }: SseConnection, results: AsyncIterableIterator<ExecutionResult> | ExecutionResult[]): void {
  const endResults = () => void (Array.isArray(results) || results.return?.());
  closed.addEventListener('abort', endResults);
  if (closed.aborted) endResults();
}

function toFormatted(error: GraphQLError): ReturnType<GraphQLError['toJSON']> {
  return error instanceof GraphQLError ? error.toJSON() : error;
}

/** The headers as credentials. `Identity` reads only the ones that identify a caller. */
function credentialsOf({ headers }: IncomingMessage): Record<string, unknown> {
  return headers;
}

/** Maximum size of a request in bytes, the same as over a WebSocket. */
const maxBodyBytes = 64 * 1024;

/** @throws GraphQLError if the body is not a GraphQL request */
async function readParams(request: IncomingMessage): Promise<OperationParams> {
  // Browsers send a preflight for this content type, which protects against CSRF.
  if (!/^application\/json\b/i.test(header(request, 'content-type') ?? '')) throw contentTypeRefused();
  const params = parseParams(await readJsonBody(request, maxBodyBytes, losslessJson));
  if (params instanceof GraphQLError) throw params;
  return params;
}

function fail({ log }: LiveHandlerOptions, response: ServerResponse, failure: unknown): void {
  if (response.headersSent || response.closed) throw failure;
  refuse(response, refusalFor(failure), maskClientErrors(log));
}

/** Converts an error to a refusal. @throws any other error */
function refusalFor(failure: unknown): Refusal {
  if (failure instanceof BodyError) return refusalOf([bodyRefused(failure.status, failure.message)]);
  if (failure instanceof GraphQLError) return refusalOf([failure]);
  throw failure;
}

function refuse(response: ServerResponse, { status, errors, headers }: Refusal, mask: MaskError): void {
  response.setHeaders(headers);
  response.setHeader('connection', 'close');
  sendJson(response, status, { errors: errors.map((error) => mask(error.toJSON(), error)) });
}
