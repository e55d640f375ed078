import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  parse,
  validate,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { JSONWebKeySet } from 'jose';
import { mapStream } from '../bus/map-stream.js';
import { invalidRequest, unauthenticated } from '../errors/errors.js';
import { maskErrors } from '../errors/mask-errors.js';
import { type WebSocketRoute, createWebSocketRoute } from '../http/websocket-server.js';
import { callerHeader, createCallerVerifier } from '../identity/caller-signature.js';
import type { SubgraphContext, SubgraphOptions } from './subgraph-route.js';

/**
 * Serves a subgraph's subscriptions to the gateway alone, over graphql-transport-ws. The signed caller travels in the
 * payload of connection_init for the socket, and in the `extensions` of every operation for that operation.
 */
export function createSubgraphWebSocketRoute<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
): WebSocketRoute {
  const { log, settings } = options.serviceContext;
  const verifier = createCallerVerifier(settings.CALLER_KEYS as JSONWebKeySet, options.name);
  return createWebSocketRoute({
    log,
    maskError: maskErrors(log),
    onConnect: (parameters) => callerIn(parameters),
    async onOperation(_, payload) {
      const caller = await callerIn(payload.extensions).catch(() => undefined);
      if (!caller) return [unauthenticated('This service answers the gateway only.')];
      return prepare(options, payload, options.context(caller));
    },
    subscribe: (args) => results(options, args),
  });

  function callerIn(carrier: Readonly<Record<string, unknown>> | null | undefined) {
    const value = carrier?.[callerHeader];
    return verifier.verify(typeof value === 'string' ? value : undefined);
  }
}

/** Every event is resolved in a context of its own, so that no loader answers with what was true at an earlier one. */
async function results<Context extends SubgraphContext>(
  { context }: SubgraphOptions<Context>,
  args: ExecutionArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in events)) return events;
  const { caller } = args.contextValue as Context;
  return mapStream(events, (rootValue) => execute({ ...args, rootValue, contextValue: context(caller) }));
}

function prepare<Context extends SubgraphContext>(
  { schema }: SubgraphOptions<Context>,
  { query, operationName, variables }: SubscribePayload,
  contextValue: Context,
): ExecutionArgs | readonly GraphQLError[] {
  try {
    const document = parse(query);
    const faults = validate(schema, document);
    if (faults.length > 0) return faults.map(invalidRequest);
    return { schema, document, operationName: operationName ?? null, variableValues: variables ?? null, contextValue };
  } catch (failure) {
    if (failure instanceof GraphQLError) return [invalidRequest(failure)];
    throw failure;
  }
}
