import type { GraphQLError } from 'graphql';
import type { Value } from '../plan/value.js';
import type { Introspecting } from './introspection.js';
import { compileObject } from './object.js';
import { decide, type ShapedOperation } from './operation.js';
import { broken, type Shaping } from './shaping.js';

/** What a client gets of what the subgraphs sent. */
export interface Shaped {
  data: Value | null;
  /** What is wrong with what the subgraphs sent. */
  faults: readonly GraphQLError[];
  /** What the caller may not have. */
  refusals: readonly GraphQLError[];
}

/** Makes the data of an answer. @throws when a subgraph sent something of another form than its schema says */
export type Shaper = (data: Value, variables: Readonly<Record<string, unknown>>) => Shaped;

/** Most ways to leave parts of an operation out that are remembered. */
const variantLimit = 16;

/** Compiles the form that the answers of an operation have, by what its variables leave out of it. */
export function compileShaper(operation: ShapedOperation, introspecting: Introspecting): Shaper {
  const variants = new Map<string, ReturnType<typeof compileObject>>();
  return (data, variables) => {
    const values = new Map(operation.conditions.map((name) => [name, decide(operation, name, variables)]));
    const key = [...values.values()].join();
    const shape = variants.get(key) ?? compileRoot({ operation, introspecting, values });
    if (variants.size >= variantLimit) variants.clear();
    variants.set(key, shape);
    const shaping: Shaping = { variables, path: [], faults: [], refusals: [] };
    const completed = shape(data, shaping);
    return { data: completed === broken ? null : completed, faults: shaping.faults, refusals: shaping.refusals };
  };
}

interface Root {
  operation: ShapedOperation;
  introspecting: Introspecting;
  values: ReadonlyMap<string, boolean>;
}

function compileRoot({ operation, introspecting, values }: Root): ReturnType<typeof compileObject> {
  const { schema, definition } = operation;
  const type = schema.getRootType(definition.operation);
  if (!type) throw new Error(`The graph has no ${definition.operation}.`);
  const selected = [{ set: definition.selectionSet, type }];
  return compileObject({ variant: { operation, values }, introspecting }, selected, undefined, type);
}
