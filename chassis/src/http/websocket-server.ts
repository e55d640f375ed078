import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionArgs, GraphQLError } from 'graphql';
import { handleProtocols, type OperationResult, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { observedValue, type ObservedValue } from '../telemetry/instruments.js';
import type { MaskError } from '../errors/mask-errors.js';
import type { JsonTextCodec } from '../json/lossless-json.js';
import type { Logger } from '../telemetry/log.js';
import { rejectAndClose } from './connection-limits.js';
import type { RateLimit } from './token-bucket.js';
import { ProtocolConnection } from './websocket-protocol.js';
import { attachSocket, closeGracefully, createTransport, sendPing } from './websocket-connection.js';
import { createConcurrencyLimiter } from './concurrency-limiter.js';

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
  /** Aborts when the socket is closed, by either side. */
  closed: AbortSignal;
  /** The client's address. */
  address: string;
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
  /** Milliseconds after which a socket without operations is closed with 1000 `idle`. Default: never. */
  maxIdleMs?(connection: Connection): number | undefined;
  /** Milliseconds between two pings. Default: 12,000. */
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

/** Serves the graphql-transport-ws protocol on one path. */
export function createWebSocketRoute<Connection extends object>(
  options: WebSocketRouteOptions<Connection>,
): WebSocketRoute {
  const server = new WebSocketServer({ noServer: true, maxPayload, handleProtocols, ...receiving });
  const serveSocket = createSocketServer(options);
  const addresses = createConcurrencyLimiter(options.limits?.socketsPerAddress);
  const { addressOf = remoteAddress } = options;
  let draining = false;
  return {
    upgrade(request, socket, head) {
      if (draining) return rejectAndClose(socket, '503 Service Unavailable');
      // A connection that closed before its upgrade would never be released.
      if (socket.destroyed) return;
      if (server.clients.size >= (options.limits?.sockets ?? Infinity))
        return rejectAndClose(socket, '503 Service Unavailable');
      const from = addressOf(request);
      const release = addresses.acquire(from);
      if (!release) return rejectAndClose(socket, '429 Too Many Requests');
      socket.once('close', release);
      server.handleUpgrade(request, socket, head, (open) => {
        countWhileOpen(open);
        serveSocket(open, socket, from);
      });
    },
    drain: (milliseconds) => {
      draining = true;
      return drain(server, milliseconds);
    },
  };
}

/** Returns a function that serves the protocol on an upgraded socket. */
function createSocketServer<Connection extends object>(
  options: WebSocketRouteOptions<Connection>,
): (socket: WebSocket, stream: Duplex, address: string) => void {
  const { log, limits, codec, pingIntervalMs } = options;
  return (socket, stream, address) => {
    const client = createClientSocket(socket, address);
    const protocol = new ProtocolConnection(createTransport(socket, stream, codec), client, options);
    const maxIdleMs = () => protocol.connection && options.maxIdleMs?.(protocol.connection);
    attachSocket(socket, protocol, { log, messageRate: limits?.messageRate, codec, pingIntervalMs, maxIdleMs });
  };
}

function createClientSocket(socket: WebSocket, address: string): ClientSocket {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  return {
    close: (code, reason) => closeGracefully(socket, code, reason),
    ping: (payload) => sendPing(socket, payload),
    closed: closed.signal,
    address,
  };
}

const websockets = openSocketCount('websocket');

function countWhileOpen(socket: WebSocket): void {
  websockets.value += 1;
  socket.once('close', () => (websockets.value -= 1));
}

/** The number of open sockets, for metrics; an event stream counts as a socket. */
export function openSocketCount(transport: 'websocket' | 'events'): ObservedValue {
  return observedValue('marquee.live.sockets', { transport }, { kind: 'gauge' });
}

function remoteAddress({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}

async function drain(server: WebSocketServer, milliseconds: number): Promise<void> {
  const sockets = [...server.clients].filter(({ readyState, OPEN }) => readyState === OPEN);
  const closed = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const [index, socket] of sockets.entries()) {
    if (index > 0) await wait(milliseconds / sockets.length);
    closeGracefully(socket, 1001, 'draining');
  }
  await Promise.all(closed);
}
