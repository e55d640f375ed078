import { leavable } from '@marquee/chassis/bus/leavable';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/signature';
import type { Closable } from '@marquee/chassis/process/closers';
import { logOnceASecond } from '@marquee/chassis/telemetry/repeats';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { openSocket, type SocketOptions, type SubgraphSocket } from './subgraph-socket.js';

/** A subscription for one subgraph. */
export interface UpstreamSubscription {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string | undefined;
}

/** The live side of one subgraph: all its streams share one socket, which is open while there are any. */
export interface SubgraphStreams extends Closable {
  /**
   * The events of a subscription as this caller; leaving the iteration ends it at the subgraph, also while it is quiet.
   * @param opened called once the subgraph has let the socket in that the stream is on
   * @throws while iterating: the subgraph's GraphQL errors, or UPSTREAM_UNAVAILABLE when the socket is lost
   */
  subscribe(
    subscription: UpstreamSubscription,
    caller: Caller,
    opened?: () => void,
  ): AsyncIterableIterator<ExecutionResult>;
}

export function openSubgraphStreams(options: SocketOptions): SubgraphStreams {
  const socket = openSocket(options);
  return {
    close: socket.close,
    subscribe: (subscription, caller, opened = () => undefined) =>
      leavable((signal) => events(options, socket, { subscription, caller, opened, signal })),
  };
}

interface StreamRequest {
  subscription: UpstreamSubscription;
  caller: Caller;
  opened(): void;
  signal: AbortSignal;
}

async function* events(
  { name, signer, log }: SocketOptions,
  socket: SubgraphSocket,
  { subscription: { operationName, ...rest }, caller, opened, signal }: StreamRequest,
): AsyncGenerator<ExecutionResult> {
  const extensions = { [callerHeader]: await signer.sign(caller, name) };
  const forget = socket.onConnected(opened);
  const asked = { ...rest, extensions, ...(operationName !== undefined && { operationName }) };
  const upstream = socket.client.iterate(asked);
  signal.addEventListener('abort', () => void upstream.return?.());
  try {
    for await (const event of upstream) yield event as ExecutionResult;
  } catch (failure) {
    if (Array.isArray(failure)) throw refusal(failure);
    const record = { subgraph: name, reason: describe(failure) };
    logOnceASecond(log, { level: 'warn', key: `stream of ${name}`, record, message: 'stream of subgraph lost' });
    throw upstreamUnavailable(name);
  } finally {
    forget();
  }
  // A socket that we close ourselves looks like a stream that has come to its end.
  if (socket.isClosing() && !signal.aborted) throw upstreamUnavailable(name);
}

/** The subgraph's own words, as one error of ours; what a client may see of it is decided where it leaves. */
function refusal([first]: readonly { message?: string; extensions?: Record<string, unknown> }[]): GraphQLError {
  return new GraphQLError(first?.message ?? 'refused', { extensions: { ...first?.extensions } });
}

/** What the socket said when it closed, or the error that kept it from opening. */
function describe(failure: unknown): string {
  const { code, reason, message } = failure as { code?: number | string; reason?: string; message?: string };
  return [code, reason ?? message].filter(Boolean).join(' ');
}
