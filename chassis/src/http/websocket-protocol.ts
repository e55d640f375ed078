import { CloseCode, type ExecutionResult, type ServerOptions } from 'graphql-ws';
import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { rateLimited } from '../errors/errors.js';
import type { SocketSession } from './websocket-session.js';
import type { MaskError } from '../errors/mask-errors.js';
import type { WebSocketRouteOptions } from './websocket-server.js';

/** Milliseconds that a new socket has to send connection_init. */
const initTimeoutMs = 5_000;

/** The handlers of graphql-ws for each step of the protocol. */
export function createProtocolHandlers<Connection extends object>(
  options: WebSocketRouteOptions<Connection>,
): ServerOptions<Record<string, unknown> | undefined, SocketSession<Connection>> {
  const { subscribe, execute, maskError, limits: { operationsPerSocket = Infinity } = {} } = options;
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    ...(subscribe && { subscribe }),
    ...(execute && { execute }),
    onConnect: async ({ connectionParams, extra }) => {
      try {
        extra.connection = await options.onConnect(connectionParams ?? {}, extra.socket);
        return true;
      } catch (failure) {
        extra.socket.close(rejectionCode(failure), failure instanceof Error ? failure.message : 'rejected');
        return false;
      }
    },
    onSubscribe: async ({ extra }, _, payload) => {
      if (!extra.connection) throw new Error('A socket sent an operation before it was acknowledged.');
      if (extra.activeMessages > operationsPerSocket)
        return [rateLimited(`A socket may run at most ${operationsPerSocket} operations at a time.`)];
      return options.onOperation(extra.connection, payload);
    },
    onError: (_, __, ___, errors) => errors.map((error) => maskError(error.toJSON(), error)),
    onNext: (_, __, ___, ____, result) => masked(result, maskError),
  };
}

/** Clients treat most codes as final. Try Again Later (RFC 6455, section 7.4.2 and its registry) is not. */
const tryAgainLater = 1013;

function rejectionCode(failure: unknown): number {
  const isPassing = failure instanceof GraphQLError && failure.extensions['code'] === 'UPSTREAM_UNAVAILABLE';
  return isPassing ? tryAgainLater : CloseCode.Forbidden;
}

function masked(result: ExecutionResult, mask: MaskError): FormattedExecutionResult | void {
  if (result.errors) return { ...result, errors: result.errors.map((error) => mask(formatted(error), error)) };
}

/** Results of the gateway's executor contain errors in their serialised form. */
function formatted(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  return error instanceof GraphQLError ? error.toJSON() : error;
}
