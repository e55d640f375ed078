import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutionArgs, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { CloseCode, type ExecutionResult, type OperationResult, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../telemetry/log.js';

/** Takes over the sockets of one path. */
export interface LiveRoute {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every socket with 1001 `draining`, spread evenly over so many milliseconds, and returns when all are gone. */
  drain(milliseconds: number): Promise<void>;
}

export interface LiveOptions<Connection extends object> {
  log: Logger;
  /** Once per socket, with the payload of connection_init. A throw closes it with 4403 and the error's message. */
  connect(parameters: Readonly<Record<string, unknown>>, request: IncomingMessage): Promise<Connection>;
  /** Once per operation: what to run, or why not. */
  operation(connection: Connection, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]>;
  /** Runs a subscription; graphql's own `subscribe` when left out. */
  subscribe?(args: ExecutionArgs): OperationResult;
  /** Runs a query or mutation; graphql's own `execute` when left out. */
  execute?(args: ExecutionArgs): OperationResult;
  /** What a client sees of an error. */
  mask(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
}

/** Largest message of a client in bytes. */
const maxPayload = 64 * 1024;

/** Milliseconds that a fresh socket has for its connection_init, and between two pings. */
const initTimeout = 5_000;
const pingInterval = 12_000;

/** Speaks the graphql-transport-ws protocol on one path. */
export function openLive<Connection extends object>(options: LiveOptions<Connection>): LiveRoute {
  const server = new WebSocketServer({ noServer: true, maxPayload });
  const connections = new WeakMap<WebSocket, Connection>();
  const { subscribe, execute } = options;
  useServer(
    {
      isProd: true,
      connectionInitWaitTimeout: initTimeout,
      ...(subscribe && { subscribe: (args) => subscribe(args) }),
      ...(execute && { execute: (args) => execute(args) }),
      onConnect: async ({ connectionParams, extra: { socket, request } }) => {
        try {
          connections.set(socket, await options.connect(connectionParams ?? {}, request));
          return true;
        } catch (failure) {
          socket.close(CloseCode.Forbidden, reason(failure));
          return false;
        }
      },
      onSubscribe: (context, _, payload) => options.operation(connectionOf(connections, context.extra), payload),
      onError: (_, __, ___, errors) => errors.map((error) => options.mask(error.toJSON(), error)),
      onNext: (_, __, ___, ____, result) => masked(result, options),
    },
    server,
    pingInterval,
  );
  return {
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (open) => server.emit('connection', open, request)),
    drain: (milliseconds) => drain(server, milliseconds),
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

function masked<Connection extends object>(
  result: ExecutionResult,
  { mask }: LiveOptions<Connection>,
): FormattedExecutionResult | void {
  if (result.errors) return { ...result, errors: result.errors.map((error) => mask(error.toJSON(), error)) };
}

/** A close frame carries 123 bytes of reason at most. */
function reason(failure: unknown): string {
  return (failure instanceof Error ? failure.message : 'refused').slice(0, 100);
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
