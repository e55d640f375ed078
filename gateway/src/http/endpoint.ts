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
import type { LiveRoute } from '@marquee/chassis/http/live';
import { type Handler, header } from '@marquee/chassis/http/server';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/context.js';
import type { Engine } from '../engine/engine.js';
import type { Guard } from '../guard/guard.js';
import { guardPlugin } from '../guard/plugin.js';
import type { Rates } from '../guard/rates.js';
import { limited, limitedUpgrade } from './limited.js';
import { noteOrigins } from './origins.js';
import { shortRoad } from './short-road.js';
import type { Identity } from '../identity/identity.js';
import { createConnections } from '../live/connection.js';
import { openEventStreams } from '../live/events.js';
import { Hub } from '../live/hub.js';
import { gatewayLive } from '../live/live.js';
import type { Upstreams } from '../upstream/upstreams.js';

export interface EndpointOptions {
  settings: GatewaySettings;
  engine: Engine;
  guard: Guard;
  rates: Rates;
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
  const { settings, engine, guard, rates, identity, upstreams, log } = options;
  const server = createServer(options);
  await server.start();
  const hub = new Hub({
    engine,
    guard,
    upstreams,
    queueLimit: settings.LIVE_QUEUE_EVENTS,
    patience: settings.LIVE_PATIENCE_SECONDS * 1000,
  });
  const connections = createConnections(identity, {
    limit: settings.LIVE_SOCKETS_PER_CALLER,
    lookInterval: settings.LIVE_LOOK_SECONDS * 1000,
  });
  const live = { settings, server, engine, guard, rates, hub, connections, log };
  const [sockets, events] = [gatewayLive(live), openEventStreams(live)];
  const answers = answersOver(server, options);
  return {
    close: () => server.stop(),
    live: {
      upgrade: limitedUpgrade(options, sockets.upgrade),
      drain: async (time) => void (await Promise.all([sockets.drain(time), events.drain(time)])),
    },
    handler: limited(options, (request, response, scope) =>
      (events.wanted(request) ? events.handler : answers)(request, response, scope),
    ),
  };
}

function answersOver(server: ApolloServer<OperationContext>, options: EndpointOptions): Handler {
  const { engine, guard, identity, rates, settings, log } = options;
  return graphqlRoute<OperationContext>({
    server,
    short: shortRoad({ engine, guard, mask: maskErrors(log) }),
    async context(request, scope) {
      const caller = await identity.identify((name) => header(request, name));
      await rates.ofCaller(caller);
      return { caller, scope, leaving: scope.leaving };
    },
    bodyLimit: ({ caller }) =>
      caller.kind === 'guest' ? settings.BODY_LIMIT_BYTES : settings.BODY_LIMIT_IDENTIFIED_BYTES,
  });
}

function createServer({ settings, engine, guard, log }: EndpointOptions): ApolloServer<OperationContext> {
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
      guardPlugin({ guard, graphOf: engine.graphOf, mask }),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}
