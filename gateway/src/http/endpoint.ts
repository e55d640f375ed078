import type { LiveRoute } from '@marquee/chassis/http/live';
import type { Handler } from '@marquee/chassis/http/server';
import type { Closable } from '@marquee/chassis/process/closers';
import { createConnections } from '../live/connection.js';
import { openEventStreams } from '../live/events.js';
import { Hub } from '../live/hub.js';
import { gatewayLive } from '../live/live.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { type OperationHandlerOptions, openOperationHandler } from './operation-handler.js';
import { withRateLimit, withUpgradeRateLimit } from './rate-limited.js';

export interface EndpointOptions extends OperationHandlerOptions {
  upstreams: Upstreams;
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
  const answers = await openOperationHandler(options);
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
  const live = { settings, server: answers.server, engine, guard, rates, hub, connections, log };
  const [sockets, events] = [gatewayLive(live), openEventStreams(live)];
  return {
    close: answers.close,
    live: {
      upgrade: withUpgradeRateLimit(options, sockets.upgrade),
      drain: async (time) => void (await Promise.all([sockets.drain(time), events.drain(time)])),
    },
    handler: withRateLimit(options, (request, response, scope) =>
      (events.wanted(request) ? events.handler : answers.handler)(request, response, scope),
    ),
  };
}
