import type { IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { JSONWebKeySet } from 'jose';
import type { SubgraphSettings } from '../config/settings.js';
import { maskErrors } from '../errors/mask-errors.js';
import { createGraphqlRoute } from '../http/graphql-route.js';
import { type Handler, header } from '../http/http-server.js';
import { applyDeadline } from '../http/request-timeout.js';
import type { Caller } from '../identity/caller.js';
import { callerHeader, type CallerVerifier, createCallerVerifier } from '../identity/caller-signature.js';
import type { ServiceContext } from '../process/run-service.js';
import type { Logger } from '../telemetry/log.js';
import { logThrottled } from '../telemetry/throttled-log.js';

/** What every resolver of a subgraph is given; services add their loaders. */
export interface SubgraphContext {
  caller: Caller;
}

export interface SubgraphOptions<Context extends SubgraphContext> {
  /** The audience that a signed caller must name. */
  name: string;
  schema: GraphQLSchema;
  serviceContext: ServiceContext<SubgraphSettings>;
  /** A context of its own for every request, so that no loader outlives one. */
  context(caller: Caller): Context;
}

/**
 * Serves a subgraph on `/graphql` to the gateway alone: a request whose caller is not signed for it gets 401,
 * before anything else of it is read. When the gateway no longer waits, nothing more is begun for it.
 */
export async function createSubgraphRoute<Context extends SubgraphContext>(
  options: SubgraphOptions<Context>,
): Promise<Handler> {
  const { log, closers, settings } = options.serviceContext;
  const server = createServer(options);
  await server.start();
  closers.add({ close: () => server.stop() });
  const verifier = createCallerVerifier(settings.CALLER_KEYS as JSONWebKeySet, options.name);
  const answer = createGraphqlRoute<Context>({
    server,
    bodyLimit: () => settings.BODY_LIMIT_BYTES,
    context: async (request) => options.context(await callerOf(request, verifier, log)),
  });
  return (request, response, scope) => {
    applyDeadline(request, response, scope.cancellation);
    return answer(request, response, scope);
  };
}

function createServer<Context extends SubgraphContext>({ schema, serviceContext: { log } }: SubgraphOptions<Context>) {
  return new ApolloServer<Context>({
    schema,
    introspection: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    formatError: maskErrors(log),
    logger: log,
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

async function callerOf(request: IncomingMessage, verifier: CallerVerifier, log: Logger): Promise<Caller> {
  try {
    return await verifier.verify(header(request, callerHeader));
  } catch (failure) {
    const record = { reason: (failure as Error).message };
    logThrottled(log, {
      level: 'warn',
      key: 'no caller',
      record,
      message: 'refused a request without a valid caller',
    });
    throw new GraphQLError('This service answers the gateway only.', {
      extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
    });
  }
}
