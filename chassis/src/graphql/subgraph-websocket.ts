import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { JSONWebKeySet } from 'jose';
import { mapStream } from '../bus/map-stream.js';
import { positionsExtension, StreamPosition } from '../bus/stream-position.js';
import { unauthenticated } from '../errors/errors.js';
import { maskErrors } from '../errors/mask-errors.js';
import { type WebSocketRoute, createWebSocketRoute } from '../http/websocket-server.js';
import { callerHeader, createCallerVerifier } from '../identity/caller-signature.js';
import { answerError, limitAnswer } from './answer-limit.js';
import { withNullableOutput } from './nullable-output.js';
import type { SubgraphContext, SubgraphOptions } from './subgraph-route.js';
import { createDocumentReader } from './subscription-documents.js';

/**
 * Serves the subscriptions of a subgraph to the gateway only, over graphql-transport-ws. The signed caller is sent in the
 * payload of connection_init for the socket, and in the `extensions` of each operation for that operation. With
 * `onError: "NULL"` in the payload of an operation, an error in an event leaves null in its place.
 */
export function createSubgraphWebSocketRoute<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
): WebSocketRoute {
  const { log, settings } = options.serviceContext;
  const readDocument = createDocumentReader(options.schema);
  const verifier = createCallerVerifier(settings.CALLER_KEYS as JSONWebKeySet, options.name);
  return createWebSocketRoute({
    log,
    maskError: maskErrors(log),
    acknowledgesSubscriptions: true,
    onConnect: (parameters) => verifyCaller(parameters),
    async onOperation(_, payload) {
      const caller = await verifyCaller(payload.extensions).catch(() => undefined);
      if (!caller) return [unauthenticated('This service accepts requests of the gateway only.')];
      const document = readDocument(payload.query);
      if (!('kind' in document)) return document;
      const { operationName = null, variables: variableValues = null } = payload;
      const schema = keepsNulls(payload) ? withNullableOutput(options.schema) : options.schema;
      const reportsPositions = payload.extensions?.[positionsExtension] === true;
      const operation = { schema, document, operationName, variableValues, contextValue: options.context(caller) };
      return { ...operation, reportsPositions } satisfies SubscriptionArgs;
    },
    subscribe: (args) => results(options, args),
  });

  function verifyCaller(values: Readonly<Record<string, unknown>> | null | undefined) {
    const value = values?.[callerHeader];
    return verifier.verify(typeof value === 'string' ? value : undefined);
  }
}

/** What `onOperation` passes on to `results`. */
interface SubscriptionArgs extends ExecutionArgs {
  /** Whether the gateway understands positions. */
  reportsPositions?: boolean;
}

/** Each event is resolved in a new context, so that no loader returns data of an earlier event. */
async function results<Context extends SubgraphContext>(
  { context, serviceContext: { settings } }: SubgraphOptions<Context>,
  { reportsPositions = false, ...args }: SubscriptionArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in events)) return events;
  const { caller } = args.contextValue as Context;
  return mapStream(events, async (rootValue) => {
    if (rootValue instanceof StreamPosition) return reportsPositions ? rootValue.toResult() : undefined;
    const contextValue = limitAnswer(context(caller), settings.RESPONSE_LIMIT_BYTES);
    const result = await execute({ ...args, rootValue, contextValue });
    const error = answerError(contextValue);
    return error ? { errors: [error] } : result;
  });
}

function keepsNulls(payload: object): boolean {
  return 'onError' in payload && payload.onError === 'NULL';
}
