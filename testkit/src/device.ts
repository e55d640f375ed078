import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** A client that sends all operations over one WebSocket. */
export interface Device {
  /** Subscribes without reading the events. */
  follow(query: string, variables: object): void;
  /** Sends a query or mutation and returns its result. */
  request(query: string, variables: object): Promise<ExecutionResult>;
  /** Closes the socket without a goodbye, and resolves when it is closed. */
  disconnect(): Promise<void>;
}

/** @param url the HTTP URL of a GraphQL endpoint, which also accepts WebSockets */
export function openDevice(url: string, connectionParams: Record<string, unknown>): Device {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams,
    lazy: false,
    onNonLazyError: () => undefined,
    retryAttempts: 0,
  });
  const closed = new Promise<void>((resolve) => client.on('closed', () => resolve()));
  return {
    follow(query, variables) {
      const ignore = () => undefined;
      client.subscribe({ query, variables: { ...variables } }, { next: ignore, error: ignore, complete: ignore });
    },
    async request(query, variables) {
      const { value } = await client.iterate({ query, variables: { ...variables } }).next();
      return value as ExecutionResult;
    },
    async disconnect() {
      client.terminate();
      await closed;
    },
  };
}
