import { acknowledgedOperation } from '@marquee/chassis/http/subscription-acknowledgement';
import type { ExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** An open subscription. Its results are queued until they are read. */
export interface TestSubscription {
  /**
   * Resolves when the service has acknowledged that the stream is open, or it has a first result, or has ended. The
   * gateway acknowledges nothing.
   */
  started: Promise<void>;
  /** The next result. @throws the errors with which the subscription was rejected, or the close event of its socket */
  next(): Promise<ExecutionResult>;
  /** Ends the subscription and closes its socket. */
  unsubscribe(): Promise<void>;
}

export interface TestSubscribeOptions {
  /** The HTTP URL of a GraphQL endpoint, which also accepts WebSockets. */
  url: string;
  query: string;
  variables?: object | undefined;
  connectionParams?: Record<string, unknown>;
  extensions?: Record<string, unknown>;
  /** How errors affect results: `NULL`, `PROPAGATE` or `HALT`. */
  onError?: string;
}

/** Subscribes at once, over a new socket. */
export function subscribe({ url, connectionParams = {}, ...operation }: TestSubscribeOptions): TestSubscription {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
  const acknowledged = acknowledgementOf(client);
  const results = client.iterate(payloadOf(operation));
  let first: ReturnType<typeof results.next> | undefined = results.next();
  const responded = first.then(
    () => undefined,
    () => undefined,
  );
  return {
    started: Promise.race([acknowledged, responded]),
    async next() {
      const result = first ?? results.next();
      first = undefined;
      const { done, value } = await result;
      if (done) throw new Error('The stream has ended.');
      return value as ExecutionResult;
    },
    async unsubscribe() {
      await results.return?.();
      await client.dispose();
    },
  };
}

/** Resolves when the service acknowledges the only operation of the client. */
function acknowledgementOf(client: Client): Promise<void> {
  return new Promise((resolve) =>
    client.on('pong', (_, payload) => acknowledgedOperation(payload) !== undefined && resolve()),
  );
}

function payloadOf({ query, variables = {}, extensions, onError }: Omit<TestSubscribeOptions, 'url'>) {
  const optional = { ...(extensions && { extensions }), ...(onError !== undefined && { onError }) };
  return { query, variables: { ...variables }, ...optional };
}
