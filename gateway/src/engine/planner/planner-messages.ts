import type { QueryPlan } from '@apollo/query-planner';
import type { ActiveLabels } from '../operation-context.js';
import type { PlannerFields } from './alias-rewriter.js';
import type { SerializedError } from './validate-document.js';

/** Requests to a planner thread. A load replaces the supergraph that the other requests refer to. */
export type PlannerRequest = LoadRequest | ValidateRequest | PlanRequest;

export interface LoadRequest {
  sdl: string;
}

/** Validates a document against the API schema. */
export interface ValidateRequest {
  document: string;
}

/** Plans one operation of a document. */
export interface PlanRequest {
  text: string;
  operationName: string | undefined;
  labels: ActiveLabels;
}

export type RequestMessage = PlannerRequest & { id: number };

/** The response to the request of this id. An `error` is caused by the content of the request. */
export type ResponseMessage = { id: number } & ({ value: PlannerResult } | { error: string });

export type PlannerResult = SupergraphInfo | QueryPlan | SerializedError[];

/** A loaded supergraph. */
export interface SupergraphInfo {
  /** The SDL of the API schema, in slices. */
  apiSlices: string[];
  /** The SDL of the supergraph schema, in slices. */
  supergraphSlices: string[];
  plannerFields: PlannerFields;
  subgraphs: Subgraph[];
}

/** A subgraph as the supergraph names it. */
export interface Subgraph {
  name: string;
  /** The routing URL in the supergraph; may be empty. */
  url: string;
}
