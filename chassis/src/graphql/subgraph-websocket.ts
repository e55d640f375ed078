import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { JSONWebKeySet } from 'jose';
import { mapStream } from '../bus/map-stream.js';
import { positionsExtension, StreamPosition } from '../bus/stream-position.js';
import { unauthenticated } from '../errors/errors.js';
import { maskErrors } from '../errors/mask-errors.js';
import { type WebSocketRoute, createWebSocketRoute } from '../http/websocket-server.js';
import type { Caller } from '../identity/caller.js';
import { callerHeader, createCallerVerifier } from '../identity/caller-signature.js';
import { WorkSlices } from '../timing/work-slices.js';
import { answerError, limitAnswer } from './answer-limit.js';
import { withNullableOutput } from './nullable-output.js';
import { type StreamWindow, StreamWindows, throttleByWindow } from './stream-window.js';
import type { SubgraphContext, SubgraphOptions } from './subgraph-route.js';
import { createDocumentReader } from './subscription-documents.js';

/**
 * Serves the subscriptions of a subgraph to the gateway only, over graphql-transport-ws. The signed caller is sent in the
 * payload of connection_init for the socket, and in the `extensions` of each operation for that operation. With
 * `onError: "NULL"` in the payload of an operation, an error in an event leaves null in its place. Events are pulled only
 * within the window of their stream, see `StreamWindows`.
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
      return streamArgs(payload, {
        schema: keepsNulls(payload) ? withNullableOutput(options.schema) : options.schema,
        document,
        contextValue: options.context(caller),
        openWindow: () => windows.open(payload.extensions),
      });
    },
    subscribe: (args) => results(options, args as StreamArgs),
  });
}

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
  /** Whether the gateway understands positions. */
  reportsPositions: boolean;
  openWindow(): StreamWindow | undefined;
}

function streamArgs(
  { operationName, variables, extensions }: SubscribePayload,
  args: Omit<StreamArgs, 'reportsPositions'>,
): StreamArgs {
  const reportsPositions = extensions?.[positionsExtension] === true;
  return { ...args, operationName: operationName ?? null, variableValues: variables ?? null, reportsPositions };
}

/** The events of all streams of this process: one change may be an event of thousands of streams. */
const slices = new WorkSlices();

/** Each event is resolved in a new context, so that no loader returns data of an earlier event. */
async function results<Context extends SubgraphContext>(
  { context, serviceContext: { settings } }: SubgraphOptions<Context>,
  { reportsPositions, openWindow, ...args }: StreamArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in events)) return events;
  const { caller } = args.contextValue as Context;
  const answers = mapStream(events, async (rootValue) => {
    if (rootValue instanceof StreamPosition) return reportsPositions ? rootValue.toResult() : undefined;
    const contextValue = limitAnswer(context(caller), settings.RESPONSE_LIMIT_BYTES);
    const result = await slices.run(async () => execute({ ...args, rootValue, contextValue }));
    const error = answerError(contextValue);
    return error ? { errors: [error] } : result;
  });
  const window = openWindow();
  return window ? throttleByWindow(answers, window) : answers;
}

function keepsNulls(payload: object): boolean {
  return 'onError' in payload && payload.onError === 'NULL';
}
