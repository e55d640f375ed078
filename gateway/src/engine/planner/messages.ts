import type { QueryPlan } from '@apollo/query-planner';
import type { AddedFields } from '../naming.js';
import type { Fault } from './faults.js';

/** What the thread that plans is asked: to take a supergraph in the place of the last, or of one operation over it. */
export type Question = Loading | Fitting | PlanQuestion;

export interface Loading {
  sdl: string;
}

/** What of a document does not fit what clients see. */
export interface Fitting {
  document: string;
}

export interface PlanQuestion {
  text: string;
  operationName: string | undefined;
}

export type Numbered = Question & { id: number };

/** What it answers; a `problem` is the fault of what was asked. */
export type Answer = { id: number } & ({ value: Value } | { problem: string });

export type Value = Described | QueryPlan | Fault[];

/** A supergraph that was taken in. */
export interface Described {
  /** The SDL of what clients see, and of what was taken in, in slices. */
  api: string[];
  supergraph: string[];
  /** The fields that the planner may add to a document. */
  added: AddedFields;
  subgraphs: Subgraph[];
}

/** A subgraph as the supergraph names it. */
export interface Subgraph {
  name: string;
  /** Where composition says that it is; empty when it says nothing. */
  url: string;
}
