import { list } from '@marquee/chassis/config/settings';
import { z } from 'zod';

const count = z.coerce.number().int().positive();
const positive = z.coerce.number().positive();
const rate = z.coerce.number().min(0);

/** The environment variables that bound live data, the entity cache, operations, rates and connections. */
export const limitSettings = {
  LIVE_REVALIDATE_SECONDS: positive
    .max(3)
    .default(2)
    .describe('Interval at which the caller of a WebSocket or an event stream is identified again.'),
  LIVE_QUEUE_EVENTS: count
    .default(256)
    .describe(
      'Maximum of undelivered events per subscription. A client that reads nothing for 10 s while half of them are ' +
        'queued ends with SLOW_CONSUMER.',
    ),
  LIVE_PATIENCE_SECONDS: positive
    .max(300)
    .default(30)
    .describe(
      'Time for which an event that can be resumed from waits for the services that complete it, before its ' +
        'subscription ends with UPSTREAM_UNAVAILABLE.',
    ),
  LIVE_START_TIMEOUT_SECONDS: positive
    .max(300)
    .default(10)
    .describe('Time that a subgraph has to start a subscription before it ends with UPSTREAM_UNAVAILABLE.'),
  LIVE_SOCKETS_PER_CALLER: count
    .default(50)
    .describe('Maximum of WebSockets and event streams per identified caller and replica.'),
  LIVE_SOCKETS_PER_ADDRESS: count.default(300).describe('Maximum of WebSockets per address and replica.'),
  LIVE_GUEST_IDLE_SECONDS: positive
    .max(3600)
    .default(60)
    .describe('Time after which the WebSocket of a guest without operations is closed.'),
  LIVE_STREAMS_PER_CALLER: count
    .default(100)
    .describe(
      'Maximum of different subscriptions of one caller per replica; equal ones count once. Guests at one address ' +
        'count as one caller.',
    ),
  LIVE_STREAMS_PER_ADDRESS: count
    .default(1_000)
    .describe('Maximum of different subscriptions of all callers at one address per replica; equal ones count once.'),
  LIVE_MESSAGES_PER_SECOND: positive
    .default(50)
    .describe('Message rate per WebSocket, pings included, with bursts of three seconds.'),
  ENTITY_CACHE: list
    .default([])
    .describe('Services whose cacheable results are kept by the gateway, separated by commas. Default: none.'),
  ENTITY_CACHE_BYTES: count
    .default(64 * 1024 * 1024)
    .describe('Maximum memory of the entity cache without Redis. With Redis its own limit applies.'),
  ENTITY_CACHE_TIMEOUT_SECONDS: positive
    .max(5)
    .default(0.05)
    .describe('Time that Redis has for a read of the entity cache, before the service is asked instead.'),
  GUARD_DEPTH: count.default(12).describe('Maximum of nested field levels in one operation.'),
  GUARD_ALIASES: count.default(30).describe('Maximum of aliases in one operation.'),
  GUARD_ROOT_FIELDS: count.default(20).describe('Maximum of root fields in one operation.'),
  GUARD_DIRECTIVES: count.default(50).describe('Maximum of directives in one operation.'),
  GUARD_TOKENS: count
    .default(2000)
    .describe('Maximum of tokens in a document, and of fields in one operation with all fragments expanded.'),
  GUARD_COST: count.default(5000).describe('Maximum cost of one operation, by `@cost` and `@listSize`.'),
  GUARD_RESPONSE_BYTES: count
    .default(4 * 1024 * 1024)
    .describe('Maximum size of a response, as estimated from the sizes of lists and texts before the operation runs.'),
  RESPONSE_LIMIT_BYTES: count
    .default(8 * 1024 * 1024)
    .describe('Maximum size of a response in bytes. A larger one is cut while it is built.'),
  GUARD_FETCHES: count.default(30).describe('Maximum of subgraph fetches in the plan of one operation.'),
  RATE_PER_CALLER: rate
    .optional()
    .describe('Requests per second of one identified caller. 0: no limit. Default: 50 in production, else 0.'),
  RATE_PER_ADDRESS: rate
    .optional()
    .describe('Requests per second from one address. 0: no limit. Default: 200 in production, else 0.'),
  RATE_COST_PER_CALLER: rate
    .optional()
    .describe('Cost units per second of one identified caller. 0: no limit. Default: 5000 in production, else 0.'),
  RATE_COST_PER_ADDRESS: rate
    .optional()
    .describe('Cost units per second from one address. 0: no limit. Default: 20000 in production, else 0.'),
  RATE_BURST_SECONDS: rate
    .min(1)
    .max(3600)
    .default(10)
    .describe('Size of a burst: this many seconds of the request rate, and of the cost rate.'),
  IN_FLIGHT_COST_PER_CALLER: rate
    .optional()
    .describe(
      'Cost units that the operations of one caller may have in flight per replica; further operations wait. Guests at ' +
        'one address count as one caller. 0: no limit. Default: 5000 in production, else 0.',
    ),
  IN_FLIGHT_COST_PER_ADDRESS: rate
    .optional()
    .describe(
      'Cost units that the operations of all callers at one address may have in flight per replica; further operations ' +
        'wait. 0: no limit. Default: 20000 in production, else 0.',
    ),
  IN_FLIGHT_WAIT_SECONDS: positive
    .max(60)
    .default(5)
    .describe(
      'Time for which an operation waits for others of its caller or address, before it ends with RATE_LIMITED.',
    ),
  CONNECTIONS_PER_ADDRESS: count
    .default(1_000)
    .describe('Maximum of connections from one address (without trusted proxies) and of its requests in flight.'),
  CONNECTIONS: count
    .default(15_000)
    .describe('Maximum of connections, WebSockets included. The process needs a file descriptor for each.'),
};
