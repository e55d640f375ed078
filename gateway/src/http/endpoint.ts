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
import type { LiveRoute } from '@marquee/chassis/http/live';
import { type Handler, header } from '@marquee/chassis/http/server';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { currentRequest } from '@marquee/chassis/telemetry/request';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/context.js';
import type { Engine } from '../engine/engine.js';
import { introspectionGuard } from '../guard/introspection.js';
import { operationGuard } from '../guard/operation.js';
import type { Identity } from '../identity/identity.js';
import { createConnections } from '../live/connection.js';
import { openEventStreams } from '../live/events.js';
import { Hub } from '../live/hub.js';
import { gatewayLive } from '../live/live.js';
import type { Upstreams } from '../upstream/upstreams.js';

export interface EndpointOptions {
  settings: GatewaySettings;
  engine: Engine;
  identity: Identity;
  upstreams: Upstreams;
  log: Logger;
}

/** Where clients reach the graph. */
export interface Endpoint extends Closable {
  /** Queries and mutations over HTTP, and everything as server-sent events. */
  handler: Handler;
  /** Everything, live data too, over sockets. */
  live: LiveRoute;
}

/** Loads the supergraph and answers from it. @throws SettingsError when the supergraph does not load */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { settings, engine, identity, upstreams, log } = options;
  const server = createServer(settings, engine.gateway, log);
  await server.start();
  const hub = new Hub({
    engine,
    upstreams,
    queueLimit: settings.LIVE_QUEUE_EVENTS,
    patience: settings.LIVE_PATIENCE_SECONDS * 1000,
  });
  const connections = createConnections(identity, {
    limit: settings.LIVE_SOCKETS_PER_CALLER,
    lookInterval: settings.LIVE_LOOK_SECONDS * 1000,
  });
  const live = { settings, server, engine, hub, connections, log };
  const [sockets, events] = [gatewayLive(live), openEventStreams(live)];
  const answers = answersOver(server, identity, settings);
  return {
    close: () => server.stop(),
    live: {
      upgrade: sockets.upgrade,
      drain: async (time) => void (await Promise.all([sockets.drain(time), events.drain(time)])),
    },
    handler: (request, response) => (events.wanted(request) ? events.handler : answers)(request, response),
  };
}

function answersOver(server: ApolloServer<OperationContext>, identity: Identity, settings: GatewaySettings): Handler {
  return graphqlRoute<OperationContext>({
    server,
    context: async (request) => ({
      caller: await identity.identify((name) => header(request, name)),
      signal: currentRequest()?.over,
    }),
    bodyLimit: ({ caller }) =>
      caller.kind === 'guest' ? settings.BODY_LIMIT_BYTES : settings.BODY_LIMIT_IDENTIFIED_BYTES,
  });
}

function createServer(
  settings: GatewaySettings,
  gateway: GatewayInterface,
  log: Logger,
): ApolloServer<OperationContext> {
  return new ApolloServer<OperationContext>({
    gateway,
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
