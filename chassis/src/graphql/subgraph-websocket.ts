import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { JSONWebKeySet } from 'jose';
import { mapStream } from '../bus/map-stream.js';
import { reportCause } from '../bus/event-cause.js';
import { sharedResult } from '../bus/shared-events.js';
import { positionsExtension, StreamPosition } from '../bus/stream-position.js';
import { unauthenticated } from '../errors/errors.js';
import { maskErrors } from '../errors/mask-errors.js';
import { storeErrorOf } from '../errors/store-error.js';
import { groupedResultsParameter } from '../http/grouped-results.js';
import { type WebSocketRoute, createWebSocketRoute } from '../http/websocket-server.js';
import type { Caller } from '../identity/caller.js';
import { callerKey } from '../identity/caller-key.js';
import { callerHeader, createCallerVerifier } from '../identity/caller-signature.js';
import { eventWork } from '../timing/work-slices.js';
import { answerError, limitAnswer } from './answer-limit.js';
import { selectionKey } from './event-selection.js';
import { withNullableOutput } from './nullable-output.js';
import { type StreamWindow, StreamWindows, throttleByWindow } from './stream-window.js';
import type { SubgraphContext, SubgraphOptions } from './subgraph-route.js';
import { createDocumentReader } from './document-reader.js';

/**
 * Serves the subscriptions of a subgraph to the gateway only, over graphql-transport-ws. The signed caller is sent in the
 * payload of connection_init for the socket, and in the `extensions` of each operation for that operation. With
 * `onError: "NULL"` in the payload of an operation, an error in an event leaves null in its place. Events are pulled only
 * within the window of their stream, see `StreamWindows`. One result of several streams is one message, see `grouped-results`.
 */
export function createSubgraphWebSocketRoute<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
): WebSocketRoute {
  const { log } = options.serviceContext;
  const readDocument = createDocumentReader(options.schema);
  const verifyCaller = createCallerCheck(options);
  return createWebSocketRoute({
    log,
    maskError: maskErrors(log),
    acknowledgesSubscriptions: true,
    groupsResults: (parameters) => parameters[groupedResultsParameter] === true,
    async onConnect(parameters) {
      await verifyCaller(parameters).catch(refuse);
      return new StreamWindows();
    },
    onPing: async (windows, payload) => (windows.grant(payload) ? undefined : payload),
    async onOperation(windows, payload) {
      const caller = await verifyCaller(payload.extensions).catch(() => undefined);
      if (!caller) return [unauthenticated('This service accepts requests of the gateway only.')];
      const document = readDocument(payload.query);
      if (!('kind' in document)) return document;
      const { schema, context } = options;
      const openWindow = () => windows.open(payload.extensions);
      return streamArgs(payload, { schema, document, contextValue: context(caller), openWindow });
    },
    // After a restart thousands of streams start together.
    subscribe: (args) => eventWork.run(() => results(options, args as StreamArgs), startLane),
  });
}

/** Starts take turns with events. */
const startLane = 'starts';

/** Verifies the signed caller in the payload of connection_init, or in the extensions of an operation. */
function createCallerCheck<Context extends SubgraphContext>({ name, serviceContext }: SubgraphOptions<Context>) {
  const verifier = createCallerVerifier(serviceContext.settings.CALLER_KEYS as JSONWebKeySet, name);
  return (values: Readonly<Record<string, unknown>> | null | undefined): Promise<Caller> => {
    const value = values?.[callerHeader];
    return verifier.verify(typeof value === 'string' ? value : undefined);
  };
}

/** @throws UNAUTHENTICATED */
function refuse({ message }: Error): never {
  throw unauthenticated(message);
}

/** What `onOperation` passes on to `results`. */
interface StreamArgs extends ExecutionArgs {
  /** Whether an error leaves null in its place. */
  keepsNulls: boolean;
  /** Whether the gateway understands positions. */
  reportsPositions: boolean;
  openWindow(): StreamWindow | undefined;
}

function streamArgs(payload: SubscribePayload, args: Omit<StreamArgs, 'reportsPositions' | 'keepsNulls'>): StreamArgs {
  const { operationName = null, variables = null, extensions } = payload;
  const keepsNulls = 'onError' in payload && payload.onError === 'NULL';
  return {
    ...args,
    schema: keepsNulls ? withNullableOutput(args.schema) : args.schema,
    operationName,
    variableValues: variables,
    keepsNulls,
    reportsPositions: extensions?.[positionsExtension] === true,
  };
}

/**
 * Each event is resolved in a new context, so that no loader returns data of an earlier event. Streams of one caller that
 * select the same of a shared event also share its result.
 */
async function results<Context extends SubgraphContext>(
  { context, serviceContext: { settings } }: SubgraphOptions<Context>,
  { reportsPositions, openWindow, ...args }: StreamArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in events)) return events;
  const { caller } = args.contextValue as Context;
  const resolve = async (rootValue: unknown): Promise<ExecutionResult> => {
    const contextValue = limitAnswer(context(caller), settings.RESPONSE_LIMIT_BYTES);
    const result = await execute({ ...args, rootValue, contextValue });
    const error = answerError(contextValue);
    return error ? { errors: [error] } : reportCause(result, rootValue);
  };
  const key = resultKey(args, caller);
  const answers = mapStream(events, (rootValue) => {
    if (rootValue instanceof StreamPosition) return reportsPositions ? rootValue.toResult() : undefined;
    const result = sharedResult(rootValue, key, () => eventWork.run(() => resolve(rootValue), key), isFinal);
    // One change may be an event of thousands of streams, which all wait for its result.
    return result instanceof Promise
      ? result.then((known) => eventWork.run(() => Promise.resolve(known), key))
      : result;
  });
  const window = openWindow();
  return window ? throttleByWindow(answers, window) : answers;
}

/** A result that failed for want of a store is another one when the store is back: for streams that resume before it. */
function isFinal({ errors = [] }: ExecutionResult): boolean {
  return !errors.some(
    ({ extensions, originalError }) => extensions['code'] === 'UPSTREAM_UNAVAILABLE' || storeErrorOf(originalError),
  );
}

/** Everything but the event that its result depends on. */
function resultKey(args: Omit<StreamArgs, 'reportsPositions' | 'openWindow'>, caller: Caller): string {
  const { document, operationName, variableValues, keepsNulls } = args;
  const selection = selectionKey(document, operationName ?? undefined, variableValues ?? {});
  return `${keepsNulls} ${callerKey(caller)} ${selection}`;
}
