import { ApolloServer } from '@apollo/server';
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
import type { OperationContext } from '../engine/operation-context.js';
import type { Engine } from '../engine/engine.js';
import type { Guard } from '../admission/operation-rules.js';
import { guardPlugin } from './admission-plugin.js';
import type { RateLimiter } from '../admission/rates/rate-limiter.js';
import type { Identity } from '../identity/identity.js';
import { noteOrigins } from './origins.js';
import { fastPath } from './fast-path.js';

export interface OperationHandlerOptions {
  settings: GatewaySettings;
  engine: Engine;
  guard: Guard;
  rates: RateLimiter;
  identity: Identity;
  log: Logger;
}

/** Queries and mutations over one graph, answered once. */
export interface OperationHandler extends Closable {
  /** Over HTTP. */
  handler: Handler;
  /** Runs those that come on another road. */
  server: ApolloServer<OperationContext>;
}

/** Loads the supergraph and answers from it. @throws SettingsError when the supergraph does not load */
export async function openOperationHandler(options: OperationHandlerOptions): Promise<OperationHandler> {
  const server = createServer(options);
  await server.start();
  return { server, handler: answersOver(server, options), close: () => server.stop() };
}

function answersOver(server: ApolloServer<OperationContext>, options: OperationHandlerOptions): Handler {
  const { engine, guard, identity, rates, settings, log } = options;
  return graphqlRoute<OperationContext>({
    server,
    short: fastPath({ engine, guard, mask: maskErrors(log) }),
    async context(request, scope) {
      const caller = await identity.identify((name) => header(request, name));
      await rates.checkCaller(caller);
      return { caller, scope, leaving: scope.leaving };
    },
    bodyLimit: ({ caller }) =>
      caller.kind === 'guest' ? settings.BODY_LIMIT_BYTES : settings.BODY_LIMIT_IDENTIFIED_BYTES,
  });
}

function createServer({ settings, engine, guard, log }: OperationHandlerOptions): ApolloServer<OperationContext> {
  const { mask, plugin } = noteOrigins(maskErrors(log));
  return new ApolloServer<OperationContext>({
    gateway: engine.gateway,
    nodeEnv: settings.NODE_ENV,
    // The guard decides by caller; the rule of Apollo Server could not.
    introspection: true,
    // The guard reads and keeps documents, for every road alike.
    documentStore: null,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: (result) => JSON.stringify(result),
    formatError: mask,
    logger: log,
    plugins: [
      plugin,
      guardPlugin({ guard, graphOf: engine.graphFor, mask }),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}
