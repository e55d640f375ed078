import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A subscription that was sent; its results are kept until they are asked for. */
export interface TestSubscription {
  /** The next result. @throws the errors with which the subscription was refused, or how its socket closed */
  next(): Promise<ExecutionResult>;
  /** Leaves; nothing more comes. */
  unsubscribe(): Promise<void>;
}

export interface TestSubscribeOptions {
  /** The HTTP address of a GraphQL endpoint; its socket is at the same place. */
  url: string;
  query: string;
  variables?: object | undefined;
  connectionParams?: Record<string, unknown>;
  extensions?: Record<string, unknown>;
}

/** Subscribes over a socket of its own, at once. */
export function subscribe({
  url,
  query,
  variables = {},
  connectionParams = {},
  extensions,
}: TestSubscribeOptions): TestSubscription {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
  const results = client.iterate({ query, variables: { ...variables }, ...(extensions && { extensions }) });
  let first: ReturnType<typeof results.next> | undefined = results.next();
  first.catch(() => undefined);
  return {
    async next() {
      const asked = first ?? results.next();
      first = undefined;
      const { done, value } = await asked;
      if (done) throw new Error('The stream has ended.');
      return value as ExecutionResult;
    },
    async unsubscribe() {
      await results.return?.();
      await client.dispose();
    },
  };
}
