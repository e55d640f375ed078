import type { GraphQLFormattedError } from 'graphql';
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
