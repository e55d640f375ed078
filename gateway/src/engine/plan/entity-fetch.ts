import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';
import type { SubgraphAnswer } from '../fetcher.js';
import { type Batch, compileEntityPart, type EntityPart } from './entity-part.js';
import type { JointFetches } from './joint-fetches.js';
import type { Kinds } from './kinds.js';
import { compileSend, usedVariables } from './operation.js';
import type { Value } from './value.js';
import { nothingToDo, type Run, type Send, type Sending, type Step } from './run.js';

/** The name of the variable that carries representations, and of the field that takes them. */
const variable = 'representations';
const field = '_entities';

/** A fetch of entities. */
export function compileEntityFetch(node: FetchNode, kinds: Kinds, joint: JointFetches): Step {
  const part = compileEntityPart(node, kinds);
  const exchange = joint.compile(node, part);
  return (run, place) => {
    const batch = part.gather(place);
    return batch ? exchange(run, batch) : nothingToDo;
  };
}

/** Asks for one batch of entities, and takes them in. */
export function compileSendingBatch(node: FetchNode, part: EntityPart): SendingBatch {
  const send: Send = compileSend(node);
  return async (run, batch, more) => {
    const asked = [{ part, batch, name: field, variable }] as const;
    const used = usedVariables(node.variableUsages, run);
    receive(run, asked[0], asked, await send(run, sendingOf(more ? { ...used, ...more } : used, asked)));
  };
}

/** @param more values of variables that no client sent */
export type SendingBatch = (run: Run, batch: Batch, more?: Value) => Promise<void>;

/** A batch that is asked for under a name of its own, beside others. */
export interface Asked {
  part: EntityPart;
  batch: Batch;
  /** The response name of its `_entities` field. */
  name: string;
  /** The name of its variable. */
  variable: string;
}

/** The variables of an operation that asks for these batches, and uses these besides. */
export function sendingOf(used: Value, asked: readonly Asked[]): Sending {
  if (variable in used) throw new Error(`Variables cannot contain key "${variable}"`);
  const fixed = JSON.stringify(used).slice(1);
  const lists = asked.map(({ batch, variable: name }) => `"${name}":[${batch.representations.join(',')}]`);
  const entities = asked.map(({ batch: { representations }, name }) => ({ name, representations }));
  return { variables: `{${lists.join(',')}${fixed === '}' ? '' : ','}${fixed}`, entities };
}

/** Takes in what a subgraph answered to one of the batches that it was asked for. */
export function receive(run: Run, own: Asked, asked: readonly Asked[], { data, errors }: SubgraphAnswer): void {
  for (const error of errors ?? []) if (subjectOf(error, asked) === own) own.part.fail(run, own.batch, error);
  if (data) own.part.settle(run, own.batch, data[own.name]);
}

/** What says nothing of where it is from is told once. */
function subjectOf({ path }: GraphQLFormattedError, asked: readonly Asked[]): Asked | undefined {
  return asked.find(({ name }) => name === path?.[0]) ?? asked[0];
}
