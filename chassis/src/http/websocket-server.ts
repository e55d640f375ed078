import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionArgs, GraphQLError } from 'graphql';
import { handleProtocols, type OperationResult, type SubscribePayload } from 'graphql-ws';
import { type Server, WebSocketServer } from 'ws';
import { observedValue, type ObservedValue } from '../telemetry/instruments.js';
import type { MaskError } from '../errors/mask-errors.js';
import type { JsonTextCodec } from '../json/lossless-json.js';
import type { Logger } from '../telemetry/log.js';
import { rejectAndClose } from './connection-limits.js';
import type { RateLimit } from './token-bucket.js';
import { createConcurrencyLimiter } from './concurrency-limiter.js';
import { KeepAlive } from './keep-alive.js';
import { createResultEncoder } from './result-encoder.js';
import { ServedWebSocket, SocketConnection, type SocketParts } from './websocket-connection.js';
import { ProtocolConnection } from './websocket-protocol.js';

/** Accepts the WebSockets of one path. */
export interface WebSocketRoute {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all sockets with 1001 `draining`, evenly spread over a time, and resolves when all are closed. */
  drain(milliseconds: number): Promise<void>;
}

/** A client's socket. */
export interface ClientSocket {
  /** Closes it with a code, such as 4401, and a reason, of which the first 123 bytes are sent. */
  close(code: number, reason: string): void;
  /** Whether it is closed, by either side. */
  readonly isClosed: boolean;
  /** Calls a listener once it is closed; at once if it is already. */
  onClose(listener: () => void): void;
  /** The client's address. */
  readonly address: string;
  /** Sends a ping of the protocol with a payload, which clients can listen for. Absent for event streams. */
  ping?(payload: Readonly<Record<string, unknown>>): void;
}

export interface WebSocketRouteOptions<Connection extends object> {
  log: Logger;
  /**
   * Called once per socket with the payload of connection_init. A GraphQLError closes the socket with its message and with
   * 4403, or with 1013 for UPSTREAM_UNAVAILABLE and RATE_LIMITED. Any other error is reported and closes it with 4500.
   */
  onConnect(parameters: Readonly<Record<string, unknown>>, socket: ClientSocket): Promise<Connection>;
  /** Called for a ping with a payload; returns the payload of the pong, if any. Default: the payload of the ping. */
  onPing?(
    connection: Connection,
    payload: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Called once per operation: returns its execution arguments, or the errors for which it is rejected. */
  onOperation(connection: Connection, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]>;
  /** Runs a subscription. Default: `subscribe` of graphql-js. */
  subscribe?: (args: ExecutionArgs) => OperationResult;
  /** Runs a query or mutation. Default: `execute` of graphql-js. */
  execute?: (args: ExecutionArgs) => OperationResult;
  /** Acknowledges subscriptions, as `subscription-acknowledgement.ts` describes. Default: false. */
  acknowledgesSubscriptions?: boolean;
  /** Whether the client accepts one message for the same result of several operations, by its parameters. Default: no. */
  groupsResults?(parameters: Readonly<Record<string, unknown>>): boolean;
  /** Milliseconds after which a socket without operations is closed with 1000 `idle`. Default: never. */
  maxIdleMs?(connection: Connection): number | undefined;
  /**
   * Milliseconds between two pings. A client that does not answer one before the next is terminated, and one with unsent
   * messages that takes no byte of them in twice this time. Default: 12,000.
   */
  pingIntervalMs?: number;
  /** Called for every error that is sent to a client. */
  maskError: MaskError;
  /** Rewrites the text of messages. */
  codec?: JsonTextCodec;
  limits?: WebSocketLimits;
  /** The client's address. Default: the peer of the connection. */
  addressOf?(request: IncomingMessage): string;
}

/** Limits per client. An omitted limit is not enforced. */
export interface WebSocketLimits {
  /** Concurrent operations of one socket; further ones are rejected with RATE_LIMITED. */
  operationsPerSocket?: number;
  /** Open sockets of one address; further ones are rejected with HTTP 429. */
  socketsPerAddress?: number;
  /** Open sockets in total; further ones are rejected with HTTP 503. */
  sockets?: number;
  /** Messages of one socket; a faster one is closed with 4429. */
  messageRate?: RateLimit;
}

/** Maximum size of a client's message in bytes; a larger one closes its socket with 1009. */
const maxPayload = 64 * 1024;

/**
 * Maximum number of frames of a message, and of chunks that are buffered. One message is processed per turn of the event
 * loop, so that a client that sends many at once does not delay the others.
 */
const receiving = { maxFragments: 128, maxBufferedChunks: 1024, allowSynchronousEvents: false };

const defaultPingIntervalMs = 12_000;

/** Serves the graphql-transport-ws protocol on one path. */
export function createWebSocketRoute<Connection extends object>(
  options: WebSocketRouteOptions<Connection>,
): WebSocketRoute {
  const server = createServer();
  const { pingIntervalMs = defaultPingIntervalMs } = options;
  const sockets = new KeepAlive<SocketConnection>(pingIntervalMs);
  const serveSocket = createSocketServer({ ...options, pingIntervalMs }, sockets);
  const addresses = createConcurrencyLimiter(options.limits?.socketsPerAddress);
  const { addressOf = remoteAddress } = options;
  let draining = false;
  return {
    upgrade(request, stream, head) {
      if (draining) return rejectAndClose(stream, '503 Service Unavailable');
      // A connection that closed before its upgrade would never be released.
      if (stream.destroyed) return;
      if (sockets.size >= (options.limits?.sockets ?? Infinity))
        return rejectAndClose(stream, '503 Service Unavailable');
      const address = addressOf(request);
      const release = addresses.acquire(address);
      if (!release) return rejectAndClose(stream, '429 Too Many Requests');
      // Not `once`, which would keep two functions more for each socket.
      stream.on('close', release);
      server.handleUpgrade(request, stream, head, (socket) => serveSocket({ socket, stream, address }));
    },
    drain: (milliseconds) => {
      draining = true;
      return drain(sockets, milliseconds);
    },
  };
}

/** The sockets are in `KeepAlive`, so the server needs no list of its own. */
function createServer(): Server<typeof ServedWebSocket> {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    WebSocket: ServedWebSocket,
    maxPayload,
    handleProtocols,
    ...receiving,
  });
}

/** Returns a function that serves the protocol on an upgraded socket. */
function createSocketServer<Connection extends object>(
  options: WebSocketRouteOptions<Connection> & { pingIntervalMs: number },
  sockets: KeepAlive<SocketConnection>,
): (parts: SocketParts) => void {
  const { log, limits, codec, maskError, pingIntervalMs } = options;
  const protocolOptions = { ...options, encodeResult: createResultEncoder(maskError, codec) };
  const socketOptions = { log, codec, pingIntervalMs, messageRate: limits?.messageRate };
  return (parts) => {
    const connection = new SocketConnection(parts, socketOptions);
    sockets.add(connection);
    websockets.value += 1;
    connection.onClose(() => {
      sockets.delete(connection);
      websockets.value -= 1;
    });
    connection.serve(new ProtocolConnection(connection, protocolOptions));
  };
}

const websockets = openSocketCount('websocket');

/** The number of open sockets, for metrics; an event stream counts as a socket. */
export function openSocketCount(transport: 'websocket' | 'events'): ObservedValue {
  return observedValue('marquee.live.sockets', { transport }, { kind: 'gauge' });
}

function remoteAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}

async function drain(connections: Iterable<SocketConnection>, milliseconds: number): Promise<void> {
  const open = [...connections];
  const closed = open.map((connection) => new Promise<void>((resolve) => connection.onClose(resolve)));
  for (const [index, connection] of open.entries()) {
    if (index > 0) await wait(milliseconds / open.length);
    connection.close(1001, 'draining');
  }
  await Promise.all(closed);
}
