import type { GraphQLFormattedError } from 'graphql';
import type { OperationContext } from './context.js';

/** What the fetches of plans are sent through. */
export interface Fetcher {
  /** Answers with what the subgraph says; errors are told in the paths of the request. */
  fetch(subgraph: string, request: SubgraphRequest, context: OperationContext): Promise<SubgraphAnswer>;
}

/** An operation for one subgraph. */
export interface SubgraphRequest {
  query: string;
  operationName: string | undefined;
  kind: 'query' | 'mutation' | 'subscription';
  /** `query`, `operationName` and `variables` as JSON. */
  body: string;
  /** The root fields that ask for entities, with what they ask for. */
  entities: readonly EntityRequest[];
}

export interface EntityRequest {
  /** The field's name in the answer. */
  name: string;
  /** What identifies each entity at the subgraph, as JSON. */
  representations: readonly string[];
}

export interface SubgraphAnswer {
  data?: Record<string, unknown> | null | undefined;
  errors?: readonly GraphQLFormattedError[] | undefined;
}
