import { leavable } from '@marquee/chassis/bus/leavable';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader, type CallerSigner } from '@marquee/chassis/identity/signature';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A subscription for one subgraph. */
export interface UpstreamSubscription {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string | undefined;
}

/** The live side of one subgraph: all its streams share one socket, which is open while there are any. */
export interface Streams extends Closable {
  /**
   * The events of a subscription as this caller; leaving the iteration ends it at the subgraph, also while it is quiet.
   * @throws while iterating: the subgraph's GraphQL errors, or UPSTREAM_UNAVAILABLE when the socket is lost
   */
  subscribe(subscription: UpstreamSubscription, caller: Caller): AsyncIterableIterator<ExecutionResult>;
}

export interface StreamsOptions {
  name: string;
  /** The HTTP address of the subgraph; its socket is at the same place. */
  url: URL;
  signer: CallerSigner;
  log: Logger;
}

export function openStreams({ name, url, signer, log }: StreamsOptions): Streams {
  const client = createSocket({ name, url, signer, log });
  let closing = false;
  return {
    close: () => {
      closing = true;
      return client.dispose();
    },
    subscribe: (subscription, caller) => leavable((signal) => events(subscription, caller, signal)),
  };

  async function* events(subscription: UpstreamSubscription, caller: Caller, signal: AbortSignal) {
    const { operationName, ...rest } = subscription;
    const extensions = { [callerHeader]: await signer.sign(caller, name) };
    const upstream = client.iterate({ ...rest, extensions, ...(operationName !== undefined && { operationName }) });
    signal.addEventListener('abort', () => void upstream.return?.());
    try {
      for await (const event of upstream) yield event as ExecutionResult;
    } catch (failure) {
      if (Array.isArray(failure)) throw refusal(failure);
      log.warn({ subgraph: name, reason: describe(failure) }, 'stream of subgraph lost');
      throw upstreamUnavailable(name);
    }
    // A socket that we close ourselves looks like a stream that has come to its end.
    if (closing && !signal.aborted) throw upstreamUnavailable(name);
  }
}

/** Milliseconds between two pings, and until one that has no answer cuts the socket. */
const pingInterval = 10_000;
const pingTimeout = 5_000;

/** A socket that is open while it has streams. A subgraph that is gone without a word is noticed by its silence. */
function createSocket({ name, url, signer, log }: StreamsOptions): Client {
  let silence: NodeJS.Timeout | undefined;
  const client: Client = createClient({
    url: url.href.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ [callerHeader]: await signer.sign({ kind: 'gateway' }, name) }),
    retryAttempts: 0,
    keepAlive: pingInterval,
    onNonLazyError: (err) => log.warn({ subgraph: name, err }, 'socket to subgraph failed'),
    on: {
      ping: (received) => {
        if (!received) silence = setTimeout(() => client.terminate(), pingTimeout);
      },
      pong: () => clearTimeout(silence),
      closed: () => clearTimeout(silence),
    },
  });
  return client;
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
