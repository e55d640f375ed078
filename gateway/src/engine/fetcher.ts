import type { GraphQLFormattedError } from 'graphql';
import type { CacheableFetch } from './caching/cacheable-fetch.js';
import type { OperationContext } from './operation-context.js';

/** Sends the fetches of plans to subgraphs. */
export interface Fetcher {
  /** Resolves to the response of the subgraph. Error paths are those of the subgraph request. */
  fetch(subgraph: string, request: SubgraphRequest, context: OperationContext): Promise<SubgraphResponse>;
}

/** An operation for one subgraph. */
export interface SubgraphRequest {
  query: string;
  operationName: string | undefined;
  kind: 'query' | 'mutation' | 'subscription';
  /** `query`, `operationName` and `variables` as JSON. */
  body: string;
  /** The `_entities` fields of the operation. */
  entities: readonly EntityRequest[];
  /** How the response may be kept by a cache in front of the subgraph; absent if it may not. */
  caching?: RequestCaching | undefined;
}

export interface RequestCaching {
  /** One part for each element of `entities`; one for the whole response of an operation without `_entities`. */
  parts: readonly (CacheablePart | undefined)[];
  /** The body for other lists of representations. */
  bodyFor(representations: readonly (readonly string[])[]): string;
}

export interface CacheablePart {
  fetch: CacheableFetch;
  /** The client's variables that this part uses. */
  variables: Record<string, unknown>;
}

export interface EntityRequest {
  /** Response name of the `_entities` field. */
  name: string;
  /** Entity representations, each as JSON. */
  representations: readonly string[];
}

export interface SubgraphResponse {
  data?: Record<string, unknown> | null | undefined;
  errors?: readonly GraphQLFormattedError[] | undefined;
  /** The header `Cache-Control`, if the subgraph sent it. */
  cacheControl?: string | undefined;
  /** The header `Age`: seconds for which a cache has had the response. */
  age?: number | undefined;
}
