import type { IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { JSONWebKeySet } from 'jose';
import { withNullableOutput } from './nullable-output.js';
import type { SubgraphSettings } from '../config/settings.js';
import { maskErrors } from '../errors/mask-errors.js';
import { limitAnswer, replaceCutAnswers } from './answer-limit.js';
import { createGraphqlRoute } from '../http/graphql-route.js';
import { type Handler, header } from '../http/http-server.js';
import { applyDeadline } from '../http/request-timeout.js';
import { reportWork } from '../http/request-work.js';
import { createSubgraphExecutor } from './subgraph-executor.js';
import type { Caller } from '../identity/caller.js';
import { connectionIdIn } from '../identity/connection-id.js';
import { callerHeader, type CallerVerifier, createCallerVerifier } from '../identity/caller-signature.js';
import type { ServiceContext } from '../process/run-service.js';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';

/** The context of every resolver of a subgraph. Services add their loaders. */
export interface SubgraphContext {
  caller: Caller;
  /** The id of the client's WebSocket, for mutations with `@whileConnected`. Absent for operations over HTTP. */
  connectionId?: string | undefined;
}

export interface SubgraphOptions<Context extends SubgraphContext> {
  /** The service's name: the required audience of a signed caller. */
  name: string;
  schema: GraphQLSchema;
  serviceContext: ServiceContext<SubgraphSettings>;
  /** Creates the context of a request. Called for each, so that no loader outlives its request. */
  context(caller: Caller): Context;
}

/**
 * Serves the operations of a subgraph to the gateway only: a request without a caller signed for this service gets 401
 * before its body is read. With `onError: "NULL"` in the request, an error leaves null in its place. Once the gateway's
 * deadline has passed, no further work is started for the request.
 */
export async function createSubgraphRoute<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
): Promise<Handler> {
  const { log, closers, settings } = options.serviceContext;
  const server = await startServer(options, options.schema);
  const nullKeeping = lazily(() => startServer(options, withNullableOutput(options.schema)));
  closers.add({
    close: async () => void (await Promise.all([server.stop(), nullKeeping.started()?.then((one) => one.stop())])),
  });
  const execute = createSubgraphExecutor(options.schema, maskErrors(log));
  const verifier = createCallerVerifier(settings.CALLER_KEYS as JSONWebKeySet, options.name);
  const handle = createGraphqlRoute<Context>({
    server,
    serverFor: (body) => ((body as { onError?: unknown } | null)?.onError === 'NULL' ? nullKeeping.start() : undefined),
    bodyLimit: () => settings.BODY_LIMIT_BYTES,
    fastPath: execute,
    context(request) {
      const known = verifier.recall(header(request, callerHeader));
      const open = (caller: Caller) => openContext(options, request, caller);
      return known ? open(known) : verifyCaller(request, verifier, log).then(open);
    },
  });
  return (request, response, scope) => {
    applyDeadline(request, response, scope.cancellation);
    reportWork(response, scope);
    return handle(request, response, scope);
  };
}

function openContext<Context extends SubgraphContext>(
  { context: create, serviceContext: { settings } }: SubgraphOptions<Context>,
  request: IncomingMessage,
  caller: Caller,
): Context {
  const context = create(caller);
  context.connectionId = connectionIdIn(request);
  return limitAnswer(context, settings.RESPONSE_LIMIT_BYTES);
}

/** The second schema is built for the first request that needs it. */
function lazily<Value>(create: () => Promise<Value>) {
  let value: Promise<Value> | undefined;
  return { start: () => (value ??= create()), started: () => value };
}

async function startServer<Context extends SubgraphContext>(
  { serviceContext: { log } }: SubgraphOptions<Context>,
  schema: GraphQLSchema,
): Promise<ApolloServer<Context>> {
  const server = new ApolloServer<Context>({
    schema,
    introspection: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    formatError: maskErrors(log),
    logger: log,
    plugins: [
      replaceCutAnswers,
      // It would wrap every resolver, also for the operations that do not run here.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await server.start();
  return server;
}

async function verifyCaller(request: IncomingMessage, verifier: CallerVerifier, log: Logger): Promise<Caller> {
  try {
    return await verifier.verify(header(request, callerHeader));
  } catch (failure) {
    const record = { reason: (failure as Error).message };
    logThrottled(log, {
      level: 'warn',
      key: 'invalid caller',
      record,
      message: 'rejected a request without a valid caller',
    });
    throw new GraphQLError('This service accepts requests of the gateway only.', {
      extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
    });
  }
}
