import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { unauthenticated } from '@marquee/chassis/errors/errors';
import type { MaskError } from '@marquee/chassis/errors/mask-errors';
import { BodyError, readJsonBody } from '@marquee/chassis/http/json-body';
import { sendJson } from '@marquee/chassis/http/json-response';
import { stalledMs, writeText } from '@marquee/chassis/http/streamed-response';
import { openSocketCount } from '@marquee/chassis/http/websocket-server';
import { type Handler, header } from '@marquee/chassis/http/http-server';
import type { Caller } from '@marquee/chassis/identity/caller';
import { subjectKey } from '@marquee/chassis/identity/caller-key';
import type { RequestScope } from '@marquee/chassis/telemetry/request-scope';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import { type ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import { maskClientErrors } from '../admission/mask-client-errors.js';
import { type OperationParams, parseParams } from '../admission/operation-params.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import { responseForms, type StreamForm } from '../admission/response-forms.js';
import { clientAddress } from '../admission/rates/client-address.js';
import { bodyRefused, contentTypeRefused, type Refusal, refusalOf } from '../admission/refusals.js';
import { transports } from '../admission/transports.js';
import type { StartedOperation } from '../engine/planner/started-operation.js';
import { type EventTexts, multipartSubscriptionTexts, multipartTexts, serverSentTexts } from './event-texts.js';
import { incrementalPayloads } from './incremental-payloads.js';
import { type ResumeRequest, withoutCursors } from './resume-request.js';
import { openSseConnection, type SseConnection } from './sse-connection.js';
import { Subscriber } from './subscriber.js';
import type { LiveHandlerOptions } from './websocket-route.js';

/** Executes operations over event streams, one operation per request. */
export interface SseHandler {
  /** Serves a client that wants the result of every operation as an event stream. */
  handler: Handler;
  /** Sends the events of an admitted subscription, to a client that prefers JSON for the results of other operations. */
  subscribe(operation: AdmittedOperation, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * Interrupts all subscriptions, spread over this time. They end without `complete`, so that clients reconnect. Other
   * operations finish.
   */
  drain(milliseconds: number): Promise<void>;
}

/** Sends results as server-sent events, or in parts of a multipart response to clients that prefer these. */
export function openSseHandler(options: LiveHandlerOptions): SseHandler {
  const open = createOpenStreams();
  const serve = async (exchange: Exchange, send: (connection: SseConnection) => Promise<void>): Promise<void> => {
    const { request, response } = exchange;
    // The client may have left during admission. `close` is not emitted again, so nothing would end its subscription.
    if (response.closed) return;
    const connection = open.add(response, clientAddress(request, options.settings.TRUSTED_PROXIES));
    if (!connection) return sendJson(response, 503, { errors: [] });
    await send(connection).catch((failure: unknown) => fail(options, response, failure));
  };
  return {
    handler: (request, response, scope) =>
      serve({ request, response }, (connection) => handleOperation(options, { request, response, scope }, connection)),
    subscribe: (operation, request, response) =>
      serve({ request, response }, async (connection) => {
        const { caller } = await options.connections.connect(credentialsOf(request), connection);
        await sendEvents(options, { request, response, operation, caller }, connection);
      }),
    drain: (milliseconds) => open.drain(milliseconds),
  };
}

/** The event streams that are open. */
function createOpenStreams() {
  const connections = new Set<SseConnection>();
  const count = openSocketCount('events');
  let isDraining = false;
  return {
    /** Returns undefined once the gateway is draining. */
    add(response: ServerResponse, address: string): SseConnection | undefined {
      if (isDraining) return undefined;
      const connection = openSseConnection(response, address);
      connections.add(connection);
      count.value += 1;
      response.once('close', () => {
        connections.delete(connection);
        count.value -= 1;
      });
      return connection;
    },
    async drain(milliseconds: number): Promise<void> {
      isDraining = true;
      const endless = [...connections].filter(({ hasEnd }) => !hasEnd);
      for (const [index, connection] of endless.entries()) {
        if (index > 0) await wait(milliseconds / endless.length);
        connection.interrupt();
      }
    },
  };
}

/** A request with its response. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

async function handleOperation(
  options: LiveHandlerOptions,
  { request, response, scope }: Exchange & { scope: RequestScope },
  connection: SseConnection,
): Promise<void> {
  const { caller, client } = await options.connections.connect(credentialsOf(request), connection);
  await options.rates.checkCaller(caller());
  const params = await readParams(request);
  const origin = { address: connection.address, client, caller: subjectKey(caller()) };
  const context = { caller: caller(), origin, scope, cancellation: scope.cancellation };
  const operation = await options.admission.admit(params, context, transports.events);
  const mask = maskClientErrors(options.log);
  if ('status' in operation) return refuse(response, operation, mask);
  if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION)
    return sendEvents(options, { request, response, operation, caller }, connection);
  connection.hasEnd = true;
  const { incremental: form } = responseForms(request);
  const { engine } = options;
  const { result, later }: StartedOperation = form
    ? await engine.start(operation.graph, operation)
    : { result: await engine.run(operation.graph, operation) };
  if (later && form) return sendParts(response, { result, later }, connection, { form, mask });
  return sendResults(response, [result], connection, serverSentTexts(mask));
}

async function sendEvents(
  { subscriptions, log }: LiveHandlerOptions,
  { request, response, operation, caller }: Exchange & { operation: AdmittedOperation; caller: () => Caller },
  connection: SseConnection,
): Promise<void> {
  const mask = maskClientErrors(log);
  const isMultipart = responseForms(request).subscription === 'multipart';
  const resumption = { ...resumeRequestOf(request), reportsPosition: !isMultipart };
  const subscriber = await subscriptions.subscribe(operation, caller, resumption);
  const texts = isMultipart ? multipartSubscriptionTexts(mask) : serverSentTexts(mask);
  return sendResults(response, subscriber, connection, texts);
}

/** Cursors are the ids of events. */
function resumeRequestOf(request: IncomingMessage): ResumeRequest {
  const text = header(request, 'last-event-id');
  return { ...withoutCursors, after: text ? { text, path: 'Last-Event-ID' } : undefined };
}

function sendParts(
  response: ServerResponse,
  { result, later }: Required<StartedOperation>,
  connection: SseConnection,
  { form, mask }: { form: StreamForm; mask: MaskError },
): Promise<void> {
  const format = form.kind === 'events' ? 'deferSpec=20220824' : form.format;
  const texts = form.kind === 'events' ? serverSentTexts(mask) : multipartTexts(mask, format);
  return sendResults(response, incrementalPayloads(result, later, { format, mask }), connection, texts);
}

type Results = AsyncIterableIterator<ExecutionResult> | ExecutionResult[];

async function sendResults(
  response: ServerResponse,
  results: Results,
  connection: SseConnection,
  texts: EventTexts,
): Promise<void> {
  response.writeHead(200, { 'content-type': texts.contentType, 'cache-control': 'no-store', ...unbuffered });
  response.write(texts.start);
  const heartbeat = setInterval(() => writeHeartbeat(response, texts), texts.heartbeatMs);
  connection.onClose(() => void (Array.isArray(results) || results.return?.()));
  try {
    const timeoutMs = connection.hasEnd ? stalledMs : undefined;
    for await (const result of results) await writeText(response, texts.result(result, cursorOf(results)), timeoutMs);
    if (connection.closeReason !== undefined)
      await writeText(response, texts.failure(unauthenticated(connection.closeReason)));
  } catch (failure) {
    await writeText(response, texts.failure(failure as GraphQLError));
  } finally {
    clearInterval(heartbeat);
  }
  const isComplete = Array.isArray(results) || !connection.isInterrupted;
  response.end(isComplete ? texts.end : undefined);
}

/** Proxies such as nginx pass each event on at once, instead of collecting some. */
const unbuffered = { 'x-accel-buffering': 'no' };

/** The cursor of the event that was read last. */
function cursorOf(results: Results): unknown {
  return results instanceof Subscriber ? results.cursor : undefined;
}

/** A client that does not read its results gets no heartbeats either, which would pile up. */
function writeHeartbeat(response: ServerResponse, { heartbeat }: EventTexts): void {
  if (!response.writableNeedDrain) response.write(heartbeat);
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
