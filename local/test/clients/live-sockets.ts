import { type Client, createClient, type ExecutionResult, type Sink } from 'graphql-ws';
import { type ClientOptions, endpointsOf, retryMs, type Stop } from './stock-client.js';

/** The client of graphql-ws, which Apollo Client, urql and Relay use for subscriptions. */
export function openSockets(options: ClientOptions): Client {
  return createClient({
    url: endpointsOf(options).live,
    connectionParams: async () => ({ authorization: `Bearer ${await options.renew()}` }),
    webSocketImpl: options.webSocketImpl,
    retryAttempts: Infinity,
    // By default a connection that is refused, as during a restart, ends all subscriptions.
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, retryMs)),
  });
}

interface Resumable {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/**
 * Subscribes so that a new connection resumes after the last event: the client sends its variables again, with the
 * position that they have then.
 */
export function subscribeResuming(client: Client, { query, variables }: Resumable, sink: Sink<ExecutionResult>): Stop {
  const sent = { ...variables };
  return client.subscribe(
    { query, variables: sent },
    {
      next(result) {
        resumeAfter(sent, result);
        sink.next(result as ExecutionResult);
      },
      error: (failure) => sink.error(failure),
      complete: () => sink.complete(),
    },
  );
}

/** Stores the position of an event in the variables of its subscription. */
export function resumeAfter(variables: Record<string, unknown>, { data }: { data?: unknown }): void {
  for (const event of Object.values((data as Record<string, { sequence?: number } | null> | null) ?? {}))
    if (event?.sequence !== undefined) variables['after'] = event.sequence;
}
