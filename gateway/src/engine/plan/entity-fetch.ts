import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';
import type { SubgraphAnswer } from '../fetcher.js';
import { type Batch, compileEntityPart, type EntityPart } from './entity-part.js';
import type { Kinds } from './kinds.js';
import { compileSend, usedVariables } from './operation.js';
import type { Value } from './value.js';
import type { Run, Send, Sending, Step } from './run.js';

/** The name of the variable that carries representations, and of the field that takes them. */
const variable = 'representations';
const field = '_entities';

/** A fetch of entities. */
export function compileEntityFetch(node: FetchNode, kinds: Kinds): Step {
  const part = compileEntityPart(node, kinds);
  const exchange = compileSendingBatch(node, part);
  return async (run, place) => {
    const batch = part.gather(place);
    if (batch) await exchange(run, batch);
  };
}

/** Asks for one batch of entities, and takes them in. */
export function compileSendingBatch(node: FetchNode, part: EntityPart): SendingBatch {
  const send: Send = compileSend(node);
  return async (run, batch, more) => {
    const asked = { part, batch, name: field, variable };
    receive(run, [asked], await send(run, sendingOf({ ...usedVariables(node.variableUsages, run), ...more }, [asked])));
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
  const lists = asked.map(({ batch, variable: name }) => `"${name}":[${batch.texts.join(',')}]`);
  const entities = asked.map(({ batch, name }) => ({ name, representations: batch.representations }));
  for (const { batch, variable: name } of asked) used[name] = batch.representations;
  return { variables: used, json: `{${lists.join(',')}${fixed === '}' ? '' : ','}${fixed}`, entities };
}

/** Takes in what a subgraph answered to these batches. */
export function receive(run: Run, asked: readonly Asked[], { data, errors }: SubgraphAnswer): void {
  for (const error of errors ?? []) tell(run, asked, error);
  if (!data) return;
  for (const { part, batch, name } of asked) part.settle(run, batch, data[name]);
}

function tell(run: Run, asked: readonly Asked[], error: GraphQLFormattedError): void {
  const about = asked.find(({ name }) => name === error.path?.[0]) ?? asked[0];
  about?.part.fail(run, about.batch, error);
}
