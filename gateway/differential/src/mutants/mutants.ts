import { completionMutants } from './completion-mutants.js';
import { entityMutants } from './entity-mutants.js';
import { executionMutants } from './execution-mutants.js';
import { planningMutants } from './planning-mutants.js';

/** An error that is put into the engine, to see whether the judges detect it. */
export interface Mutant {
  name: string;
  /** A module of the built engine. */
  file: string;
  /** A piece of the module's code that occurs once; whitespace may differ. */
  find: string;
  replace: string;
  /** The supergraphs on which it is searched, in this order. */
  supergraphs: readonly string[];
}

export type MutantRow = readonly [name: string, file: string, find: string, replace: string, ...supergraphs: string[]];

/** The mutants, of which all must be caught. */
export const mutants: readonly Mutant[] = [
  ...completionMutants,
  ...executionMutants,
  ...entityMutants,
  ...planningMutants,
].map(([name, file, find, replace, ...supergraphs]) => ({ name, file, find, replace, supergraphs }));
