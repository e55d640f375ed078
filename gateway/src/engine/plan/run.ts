import type { GraphQLError } from 'graphql';
import type { OperationContext } from '../context.js';
import type { EntityRequest, Fetcher, SubgraphAnswer } from '../fetcher.js';
import type { Place } from './place.js';
import type { Value } from './value.js';

/** One execution of a plan. */
export interface Run {
  fetcher: Fetcher;
  context: OperationContext;
  /** As the client sent them. */
  variables: Readonly<Record<string, unknown>>;
  /** What is known so far. */
  data: Value;
  errors: GraphQLError[];
}

/** A node of a plan, compiled. */
export type Step = (run: Run, place: Place) => Promise<void>;

/** What a step gives back that has nothing to do. */
export const nothingToDo = Promise.resolve();

/** What a step sends to its subgraph, beside what never changes of it. */
export interface Sending {
  /** The variables, as JSON. */
  variables: string;
  entities: readonly EntityRequest[];
}

/** Sends an operation again and again. */
export type Send = (run: Run, sending: Sending) => Promise<SubgraphAnswer>;
