import relayRuntime, { type GraphQLResponse, type SubscribeFunction } from 'relay-runtime';
import { type AdapterOptions, withoutGaps } from './adapter-sink.js';
import type { LiveClient, LiveError } from './live-client.js';

export type { AdapterOptions, LostEvents } from './adapter-sink.js';

/**
 * The function for subscriptions of a Relay network: `Network.create(fetchQuery, createLiveSubscribe(client))`.
 *
 * Persisted documents are sent as `documentId`, their hash.
 */
export function createLiveSubscribe(client: LiveClient, options: AdapterOptions = {}): SubscribeFunction {
  return ({ name: operationName, text, id }, variables) =>
    relayRuntime.Observable.create<GraphQLResponse>((observer) => {
      const sink = {
        next: (result: object) => observer.next(result as GraphQLResponse),
        error: (error: LiveError) => observer.error(error),
        complete: () => observer.complete(),
      };
      const document = text ? { query: text } : { query: '', documentId: id ?? undefined };
      const operation = { ...document, operationName, variables };
      return client.subscribe(operation, withoutGaps(sink, options, { operationName, variables }));
    });
}
