import { cancellable } from '@marquee/chassis/bus/cancellable';
import { positionsExtension } from '@marquee/chassis/bus/stream-position';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import type { Closable } from '@marquee/chassis/process/closers';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { openSocket, type SocketOptions, type SubgraphSocket } from './subgraph-socket.js';

/** A subscription operation for one subgraph. */
export interface UpstreamSubscription {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string | undefined;
  /** A subgraph that knows the parameter leaves errors within an event in their place; any other ignores it. */
  onError?: 'NULL' | undefined;
}

/** The subscriptions to one subgraph. All share one socket, which is open while there are any. */
export interface SubgraphStreams extends Closable {
  /**
   * Subscribes as this caller. Ending the iteration ends the subscription at the subgraph, even while no event arrives.
   * @param onOpened called once the socket that carries the stream is acknowledged
   * @throws while iterating: the subgraph's GraphQL errors, or UPSTREAM_UNAVAILABLE if the socket is lost
   */
  subscribe(
    subscription: UpstreamSubscription,
    caller: Caller,
    onOpened?: () => void,
  ): AsyncIterableIterator<ExecutionResult>;
}

export function openSubgraphStreams(options: SocketOptions): SubgraphStreams {
  const socket = openSocket(options);
  return {
    close: socket.close,
    subscribe: (subscription, caller, onOpened = () => undefined) =>
      cancellable((signal) => events(options, socket, { subscription, caller, onOpened, signal })),
  };
}

interface StreamRequest {
  subscription: UpstreamSubscription;
  caller: Caller;
  onOpened(): void;
  signal: AbortSignal;
}

async function* events(
  { name, signer, log }: SocketOptions,
  socket: SubgraphSocket,
  { subscription: { operationName, onError, ...rest }, caller, onOpened, signal }: StreamRequest,
): AsyncGenerator<ExecutionResult> {
  const extensions = { [callerHeader]: await signer.sign(caller, name), [positionsExtension]: true };
  const { aborted: hasLeft } = signal;
  if (hasLeft) return;
  const unsubscribe = socket.onConnected(onOpened);
  const options = { ...(operationName !== undefined && { operationName }), ...(onError && { onError }) };
  const operation = { ...rest, extensions, ...options };
  const upstream = socket.client.iterate(operation);
  onAbort(signal, () => void upstream.return?.());
  try {
    for await (const event of upstream) yield event as ExecutionResult;
  } catch (failure) {
    if (Array.isArray(failure)) throw subgraphError(failure);
    const record = { subgraph: name, reason: describe(failure) };
    logThrottled(log, {
      level: 'warn',
      key: `stream of ${name}`,
      record,
      message: 'lost a subscription to a subgraph',
    });
    throw upstreamUnavailable(name);
  } finally {
    unsubscribe();
  }
  // A socket that this gateway closes ends its streams as if the subgraph had completed them.
  if (socket.isClosing() && !signal.aborted) throw upstreamUnavailable(name);
}

/** The first of the subgraph's errors, unmasked: errors are masked when they are sent to the client. */
function subgraphError([first]: readonly { message?: string; extensions?: Record<string, unknown> }[]): GraphQLError {
  return new GraphQLError(first?.message ?? 'The subscription was rejected.', { extensions: { ...first?.extensions } });
}

/** The close code and reason of the socket, or the error that prevented it from opening. */
function describe(failure: unknown): string {
  const { code, reason, message } = failure as { code?: number | string; reason?: string; message?: string };
  return [code, reason ?? message].filter(Boolean).join(' ');
}
