import type { WebSocketRoute } from '@marquee/chassis/http/websocket-server';
import type { Handler } from '@marquee/chassis/http/http-server';
import type { Closable } from '@marquee/chassis/process/closers';
import { responseForms } from '../admission/response-forms.js';
import { createLiveConnections } from '../live/live-connections.js';
import { openSseHandler } from '../live/sse-handler.js';
import { createStreamLimits } from '../live/stream-limits.js';
import { SubscriptionManager } from '../live/subscription-manager.js';
import { createLiveWebSocketRoute } from '../live/websocket-route.js';
import type { GatewaySettings } from '../config.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { withOriginCheck } from './cors.js';
import { type OperationHandlerOptions, openOperationHandler } from './operation-handler.js';
import { withRateLimit, withUpgradeRateLimit } from './rate-limited.js';

export interface EndpointOptions extends OperationHandlerOptions {
  upstreams: Upstreams;
}

/** All transports over which clients reach the graph. */
export interface Endpoint extends Closable {
  /** Queries and mutations over HTTP, and all operations as server-sent events. */
  handler: Handler;
  /** All operations over WebSockets. */
  live: WebSocketRoute;
}

/** Share of all connections that guests' sockets may take; the rest is for identified callers and health checks. */
const guestShare = 0.8;

export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { settings, engine, admission, rates, identity, upstreams, log } = options;
  const { budget } = rates;
  const subscriptions = new SubscriptionManager({
    ...{ engine, admission, upstreams, budget },
    ...subscriptionLimits(settings),
  });
  const connections = createLiveConnections(identity, connectionOptions(settings));
  const live = { settings, engine, admission, rates, subscriptions, connections, log };
  const [sockets, events] = [createLiveWebSocketRoute(live), openSseHandler(live)];
  const operations = await openOperationHandler({ ...options, events });
  return {
    close: operations.close,
    live: {
      upgrade: withUpgradeRateLimit(options, withOriginCheck(settings, sockets.upgrade)),
      drain: async (time) => void (await Promise.all([sockets.drain(time), events.drain(time)])),
    },
    handler: withRateLimit(options, (request, response, scope) => {
      const wantsEvents = request.method === 'POST' && responseForms(request).prefersEvents;
      return (wantsEvents ? events.handler : operations.handler)(request, response, scope);
    }),
  };
}

function subscriptionLimits(settings: GatewaySettings) {
  return {
    queueLimit: settings.LIVE_QUEUE_EVENTS,
    patienceMs: settings.LIVE_PATIENCE_SECONDS * 1000,
    startTimeoutMs: settings.LIVE_START_TIMEOUT_SECONDS * 1000,
    limits: createStreamLimits({
      perCaller: settings.LIVE_STREAMS_PER_CALLER,
      perAddress: settings.LIVE_STREAMS_PER_ADDRESS,
    }),
  };
}

function connectionOptions(settings: GatewaySettings) {
  return {
    socketsPerCaller: settings.LIVE_SOCKETS_PER_CALLER,
    guestSockets: Math.floor(settings.CONNECTIONS * guestShare),
    revalidateMs: settings.LIVE_REVALIDATE_SECONDS * 1000,
  };
}
