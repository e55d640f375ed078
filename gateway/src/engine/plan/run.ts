import type { GraphQLError } from 'graphql';
import type { OperationContext } from '../context.js';
import type { EntityRequest, Fetcher, SubgraphAnswer } from '../fetcher.js';
import type { Departure } from './joint-fetches.js';
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
  /**
   * The fetches that wait to leave together, by the number of their group. They are kept here and not in one map of all
   * runs: V8 links the tables that a map outgrows, so that one of them which is old keeps whatever came later from the
   * small collections, whole runs.
   */
  departures: (Departure | undefined)[];
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
