import { ApolloServer } from '@apollo/server';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { maskErrors } from '@marquee/chassis/errors/mask';
import { graphqlRoute } from '@marquee/chassis/http/graphql';
import { type Handler, header } from '@marquee/chassis/http/server';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/context.js';
import { introspectionGuard } from '../guard/introspection.js';
import { operationGuard } from '../guard/operation.js';
import type { Identity } from '../identity/identity.js';

export interface EndpointOptions {
  settings: GatewaySettings;
  engine: GatewayInterface;
  identity: Identity;
  log: Logger;
}

/** Queries and mutations over HTTP. */
export interface Endpoint extends Closable {
  handler: Handler;
}

/** Loads the supergraph and answers from it. @throws SettingsError when the supergraph does not load */
export async function openEndpoint({ settings, engine, identity, log }: EndpointOptions): Promise<Endpoint> {
  const server = createServer(settings, engine, log);
  await server.start();
  return {
    close: () => server.stop(),
    handler: graphqlRoute<OperationContext>({
      server,
      context: async (request) => ({ caller: await identity.identify((name) => header(request, name)) }),
      bodyLimit: ({ caller }) =>
        caller.kind === 'guest' ? settings.BODY_LIMIT_BYTES : settings.BODY_LIMIT_IDENTIFIED_BYTES,
    }),
  };
}

function createServer(
  settings: GatewaySettings,
  engine: GatewayInterface,
  log: Logger,
): ApolloServer<OperationContext> {
  return new ApolloServer<OperationContext>({
    gateway: engine,
    nodeEnv: settings.NODE_ENV,
    // The guard below decides by caller; the rule of Apollo Server could not.
    introspection: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: (result) => JSON.stringify(result),
    formatError: maskErrors(log),
    logger: log,
    plugins: [
      operationGuard(),
      introspectionGuard(settings.NODE_ENV !== 'production'),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}
