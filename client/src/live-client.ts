import { Connection, type SocketConstructor } from './connection.js';
import { iterateOver } from './iterate.js';
import type { LiveOperation, LiveResult, LiveSink } from './live-operation.js';
import { runSubscription } from './run-subscription.js';

export {
  type Cursor,
  type ErrorExtensions,
  type ErrorObject,
  LiveError,
  type LiveExtensions,
  type LiveOperation,
  type LiveResult,
  type LiveSink,
  type TypedDocument,
} from './live-operation.js';

export interface LiveClientOptions {
  /** The address of the gateway: `wss://host/graphql`. */
  url: string | (() => string | Promise<string>);
  /**
   * Supplies the access token, for each socket and for each renewal on an open one; undefined for a guest. After a failure
   * it is called again. Without this function the client is a guest.
   */
  token?(request: TokenRequest): Promise<string | undefined> | string | undefined;
  /** Called with each change of the connection. */
  onStatus?(status: LiveStatus): void;
  /** Called before a subscription is retried, with the errors or the close event that interrupted it. */
  onInterrupted?(interruption: unknown): void;
  /** Longest delay before a retry in milliseconds. Default: 15,000. */
  maxDelayMs?: number;
  /** Milliseconds in which a new socket must be acknowledged. Default: 10,000. */
  connectTimeoutMs?: number;
  /** Class of WebSockets, for versions of Node without a global one. */
  webSocketImpl?: SocketConstructor;
}

export interface TokenRequest {
  /** Whether the previous token was refused or has expired: a cached one must not be returned again. */
  isRefused: boolean;
}

export type LiveStatus =
  | { state: 'connecting' | 'connected' | 'renewed' | 'closed' }
  | { state: 'interrupted'; reason: string; retryInMs: number };

/**
 * Runs subscriptions of one caller over one socket. An interruption is invisible where the subscription is resumable: it
 * continues after the last event that was received. Otherwise a result with `extensions.gap` reports that events are lost.
 */
export interface LiveClient {
  /**
   * The results of a subscription, until the server completes it or the loop is left.
   * @throws LiveError if a retry cannot succeed
   */
  iterate<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
    operation: LiveOperation<Data, Variables>,
  ): AsyncGenerator<LiveResult<Data>, void>;
  /** Like `iterate`, with callbacks. @returns a function that ends the subscription */
  subscribe<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
    operation: LiveOperation<Data, Variables>,
    sink: LiveSink<Data>,
  ): () => void;
  /** Completes all subscriptions and closes the socket. */
  close(): Promise<void>;
}

/** Creates a client, which connects with its first subscription and disconnects after its last one. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const connection = new Connection(options);
  const client: Pick<LiveClient, 'subscribe'> = {
    subscribe: (operation, sink) => runSubscription(connection, operation, sink),
  };
  return {
    ...client,
    iterate: (operation) => iterateOver((sink) => client.subscribe(operation, sink)),
    close: () => connection.close(),
  };
}

/** Whether events before this result are lost, so that the current data must be read. */
export function isGap({ extensions }: LiveResult<unknown>): boolean {
  return extensions?.gap === true;
}
