import type { QueryPlan } from '@apollo/query-planner';

/** What the thread that plans is asked: to take a supergraph in the place of the last, or to plan over it. */
export type Question = { sdl: string } | { text: string; operationName: string | undefined };

export type Numbered = Question & { id: number };

/** What it answers; a `problem` is the fault of what was asked. */
export type Answer = { id: number } & ({ value: Described | QueryPlan } | { problem: string });

/** A supergraph that was taken in. */
export interface Described {
  /** The SDL of what clients see, and of what was taken in, in slices. */
  api: string[];
  supergraph: string[];
  subgraphs: Subgraph[];
}

/** A subgraph as the supergraph names it. */
export interface Subgraph {
  name: string;
  /** Where composition says that it is; empty when it says nothing. */
  url: string;
}
