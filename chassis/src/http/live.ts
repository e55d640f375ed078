import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionArgs, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import {
  CloseCode,
  type ExecutionResult,
  type OperationResult,
  type ServerOptions,
  type SubscribePayload,
} from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../telemetry/log.js';

/** Takes over the sockets of one path. */
export interface LiveRoute {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every socket with 1001 `draining`, spread evenly over so many milliseconds, and returns when all are gone. */
  drain(milliseconds: number): Promise<void>;
}

/** One client's socket. */
export interface LiveSocket {
  /** Ends it with a close code of the protocol, for instance 4401, and a reason of at most 100 characters. */
  close(code: number, reason: string): void;
  /** Aborts when the socket is gone, whoever closed it. */
  closed: AbortSignal;
}

export interface LiveOptions<Connection extends object> {
  log: Logger;
  /** Once per socket, with the payload of connection_init. A throw closes it with 4403 and the error's message. */
  connect(parameters: Readonly<Record<string, unknown>>, socket: LiveSocket): Promise<Connection>;
  /** Once per operation: what to run, or why not. */
  operation(connection: Connection, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]>;
  /** Runs a subscription; graphql's own `subscribe` when left out. */
  subscribe?: (args: ExecutionArgs) => OperationResult;
  /** Runs a query or mutation; graphql's own `execute` when left out. */
  execute?: (args: ExecutionArgs) => OperationResult;
  mask: Mask;
}

/** What a client sees of an error. */
type Mask = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

type InitPayload = Record<string, unknown> | undefined;

/** Largest message of a client in bytes. */
const maxPayload = 64 * 1024;

/** Milliseconds that a fresh socket has for its connection_init, and between two pings. */
const initTimeout = 5_000;
const pingInterval = 12_000;

/** Speaks the graphql-transport-ws protocol on one path. */
export function openLive<Connection extends object>(options: LiveOptions<Connection>): LiveRoute {
  const server = new WebSocketServer({ noServer: true, maxPayload });
  useServer(protocol(options), server, pingInterval);
  return {
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (open) => server.emit('connection', open, request)),
    drain: (milliseconds) => drain(server, milliseconds),
  };
}

function protocol<Connection extends object>(options: LiveOptions<Connection>): ServerOptions<InitPayload, Extra> {
  const { subscribe, execute, mask } = options;
  const connections = new WeakMap<WebSocket, Connection>();
  return {
    connectionInitWaitTimeout: initTimeout,
    ...(subscribe && { subscribe }),
    ...(execute && { execute }),
    onConnect: async ({ connectionParams, extra: { socket } }) => {
      const live = liveSocket(socket);
      try {
        connections.set(socket, await options.connect(connectionParams ?? {}, live));
        return true;
      } catch (failure) {
        live.close(CloseCode.Forbidden, failure instanceof Error ? failure.message : 'refused');
        return false;
      }
    },
    onSubscribe: (context, _, payload) => options.operation(connectionOf(connections, context.extra), payload),
    onError: (_, __, ___, errors) => errors.map((error) => mask(error.toJSON(), error)),
    onNext: (_, __, ___, ____, result) => masked(result, mask),
  };
}

function connectionOf<Connection extends object>(
  connections: WeakMap<WebSocket, Connection>,
  extra: Extra,
): Connection {
  const connection = connections.get(extra.socket);
  if (connection) return connection;
  throw new Error('A socket sent an operation before it was let in.');
}

function masked(result: ExecutionResult, mask: Mask): FormattedExecutionResult | void {
  if (result.errors) return { ...result, errors: result.errors.map((error) => mask(error.toJSON(), error)) };
}

function liveSocket(socket: WebSocket): LiveSocket {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  // A close frame carries 123 bytes of reason at most.
  return { close: (code, reason) => socket.close(code, reason.slice(0, 100)), closed: closed.signal };
}

async function drain(server: WebSocketServer, milliseconds: number): Promise<void> {
  const sockets = [...server.clients];
  const closed = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const socket of sockets) {
    socket.close(1001, 'draining');
    await wait(milliseconds / sockets.length);
  }
  const cut = setTimeout(() => server.clients.forEach((socket) => socket.terminate()), 1_000);
  await Promise.all(closed);
  clearTimeout(cut);
}
