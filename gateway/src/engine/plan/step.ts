import type { ConditionNode, FetchNode, PlanNode } from '@apollo/query-planner';
import { compileContextualFetch } from './contextual-fetch.js';
import { compileEntityFetch } from './entity-fetch.js';
import { graphqlError } from './failure.js';
import type { JointFetches } from './joint-fetches.js';
import type { Kinds } from './kinds.js';
import { type PlanPath, placeBelow } from './place.js';
import { compileRootFetch } from './root-fetch.js';
import { nothingToDo, type Step } from './run.js';

/** Decides by a variable which way a plan goes. @throws GraphQLError when it has no value that decides */
export type Deciding = (variable: string, variables: Readonly<Record<string, unknown>>) => boolean;

export interface Compiling {
  kinds: Kinds;
  decide: Deciding;
  joint: JointFetches;
}

/** Compiles a node of a plan, and all below it. */
export function compileStep(node: PlanNode, compiling: Compiling): Step {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, compiling);
    case 'Flatten':
      return below(node.path, compileStep(node.node, compiling));
    case 'Sequence':
      return inSequence(node.nodes.map((one) => compileStep(one, compiling)));
    case 'Parallel':
      return inParallel(node.nodes.map((one) => compileStep(one, compiling)));
    case 'Condition':
      return compileCondition(node, compiling);
    case 'Defer':
      throw new Error('Plans are made without @defer.');
  }
}

/** Runs one step after the other. */
function inSequence(steps: readonly Step[]): Step {
  return async (run, place) => {
    for (const step of steps) await step(run, place);
  };
}

function compileFetch(node: FetchNode, { kinds, joint }: Compiling): Step {
  if (!node.requires) return told(compileRootFetch(node, kinds));
  return told(node.contextRewrites ? compileContextualFetch(node, kinds) : compileEntityFetch(node, kinds, joint));
}

/** A fetch that fails leaves its part of the answer empty; the rest stands. */
function told(fetch: Step): Step {
  return async (run, place) => {
    try {
      await fetch(run, place);
    } catch (failure) {
      run.errors.push(graphqlError(failure as Error));
    }
  };
}

/** Where it finds no list it fails as a promise does: beside it others run that somebody has to wait for. */
function below(path: PlanPath, step: Step): Step {
  return (run, place) => {
    try {
      const there = placeBelow(place, path);
      return there ? step(run, there) : nothingToDo;
    } catch (failure) {
      return Promise.reject(graphqlError(failure as Error));
    }
  };
}

function inParallel(steps: readonly Step[]): Step {
  return async (run, place) => void (await Promise.all(steps.map((step) => step(run, place))));
}

function compileCondition({ condition, ifClause, elseClause }: ConditionNode, compiling: Compiling): Step {
  const yes = ifClause && compileStep(ifClause, compiling);
  const no = elseClause && compileStep(elseClause, compiling);
  return async (run, place) => (compiling.decide(condition, run.variables) ? yes : no)?.(run, place);
}
