import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionArgs, GraphQLError, GraphQLFormattedError } from 'graphql';
import { handleProtocols, makeServer, type OperationResult, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { observedValue, type ObservedValue } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import { rejectAndClose } from './connection-limits.js';
import { type SocketSession, createSession } from './websocket-session.js';
import type { RateLimit } from './token-bucket.js';
import { createProtocolHandlers } from './websocket-protocol.js';
import { closeGracefully, attachSocket } from './websocket-connection.js';
import { createConcurrencyLimiter } from './concurrency-limiter.js';

/** Takes over the sockets of one path. */
export interface WebSocketRoute {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every socket with 1001 `draining`, spread evenly over so many milliseconds, and returns when all are gone. */
  drain(milliseconds: number): Promise<void>;
}

/** One client's socket. */
export interface ClientSocket {
  /** Ends it with a close code of the protocol, for instance 4401, and a reason of at most 100 characters. */
  close(code: number, reason: string): void;
  /** Aborts when the socket is gone, whoever closed it. */
  closed: AbortSignal;
  /** Where it comes from. */
  address: string;
}

export interface WebSocketRouteOptions<Connection extends object> {
  log: Logger;
  /** Once per socket, with the payload of connection_init. A throw closes it with 4403 and the error's message. */
  onConnect(parameters: Readonly<Record<string, unknown>>, socket: ClientSocket): Promise<Connection>;
  /** A ping with a payload; what it returns is the payload of the pong. A ping is answered without one otherwise. */
  onPing?(connection: Connection, payload: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** Once per operation: what to run, or why not. */
  onOperation(connection: Connection, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]>;
  /** Runs a subscription; graphql's own `subscribe` when left out. */
  subscribe?: (args: ExecutionArgs) => OperationResult;
  /** Runs a query or mutation; graphql's own `execute` when left out. */
  execute?: (args: ExecutionArgs) => OperationResult;
  maskError: MaskError;
  limits?: WebSocketLimits;
  /** Where a socket comes from; the other end of its connection when left out. */
  addressOf?(request: IncomingMessage): string;
}

/** What one client gets; nothing is limited when left out. */
export interface WebSocketLimits {
  /** Operations of one socket at the same time; one more is answered with RATE_LIMITED. */
  operationsPerSocket?: number;
  /** Sockets of one address at the same time; one more is refused with HTTP 429. */
  socketsPerAddress?: number;
  /** Messages of one socket; who sends faster is closed with 4429. */
  messageRate?: RateLimit;
}

/** What a client sees of an error. */
export type MaskError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Largest message of a client in bytes; a larger one closes its socket with 1009. */
const maxPayload = 64 * 1024;

/**
 * Parts that a message may come in: so many frames, and so many pieces that the network brings. Of what one client has
 * sent at once one message is read at a time, so that nobody else waits for all of them.
 */
const receiving = { maxFragments: 128, maxBufferedChunks: 1024, allowSynchronousEvents: false };

/** Speaks the graphql-transport-ws protocol on one path. */
export function createWebSocketRoute<Connection extends object>(
  options: WebSocketRouteOptions<Connection>,
): WebSocketRoute {
  const server = new WebSocketServer({ noServer: true, maxPayload, handleProtocols, ...receiving });
  const speaker = makeServer<Record<string, unknown> | undefined, SocketSession<Connection>>(
    createProtocolHandlers(options),
  );
  const addresses = createConcurrencyLimiter(options.limits?.socketsPerAddress);
  const { addressOf = remoteAddress } = options;
  let draining = false;
  return {
    upgrade(request, socket, head) {
      if (draining) return rejectAndClose(socket, '503 Service Unavailable');
      // One that left before it was taken over would be counted for ever.
      if (socket.destroyed) return;
      const from = addressOf(request);
      const leave = addresses.acquire(from);
      if (!leave) return rejectAndClose(socket, '429 Too Many Requests');
      socket.once('close', leave);
      server.handleUpgrade(request, socket, head, (open) => {
        countWhileOpen(open);
        const carrier = createSession<Connection>(open, from);
        attachSocket(speaker, open, carrier, {
          log: options.log,
          messageRate: options.limits?.messageRate,
          onPing: async (payload) => carrier.connection && options.onPing?.(carrier.connection, payload),
        });
      });
    },
    drain: (milliseconds) => {
      draining = true;
      return drain(server, milliseconds);
    },
  };
}

const websockets = openSocketCount('websocket');

function countWhileOpen(socket: WebSocket): void {
  websockets.value += 1;
  socket.once('close', () => (websockets.value -= 1));
}

/** How many sockets are open now; an event stream counts as one. */
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
