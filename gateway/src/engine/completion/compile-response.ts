import type { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { JsonObject } from '../json-object.js';
import type { MissingEntities } from '../missing-entity.js';
import type { ErrorBehavior } from '../operation-context.js';
import { type ClientOperation, evaluateCondition } from './client-operation.js';
import { compileObject, type CompleteObject, type CompletionOptions } from './complete-object.js';
import {
  type CompletionContext,
  completeNonNull,
  keepNull,
  type PendingPart,
  propagateNull,
} from './null-propagation.js';
import type { Introspect } from './schema-introspection.js';

export interface CompletedResponse {
  data: JsonObject | null;
  /** Values from subgraphs that contradict the schema. */
  errors: readonly GraphQLError[];
  /** Fields that are denied to the caller. */
  denials: readonly GraphQLError[];
}

/**
 * Builds the response from the merged subgraph data.
 * @param pending receives the parts that are delivered later
 * @throws GraphQLError BAD_USER_INPUT when the response is too large; an error when a subgraph sent a value of another
 * shape than its schema declares, such as an object for a list
 */
export type CompleteResponse = (
  data: JsonObject,
  variables: Readonly<Record<string, unknown>>,
  onError?: ErrorBehavior,
  pending?: PendingPart[],
) => CompletedResponse;

/** Maximum of compiled variants per operation, one for each combination of values of its conditions and `onError`. */
const maxVariants = 16;

/** Compiles the response of an operation. A variant is compiled when it is first needed. */
export function compileResponse(
  operation: ClientOperation,
  introspect: Introspect,
  missingEntities: MissingEntities = 'null',
  maxBytes = Infinity,
): CompleteResponse {
  const variants = new LRUCache<string, CompleteObject>({ max: maxVariants });
  return (data, variables, onError, pending) => {
    const values = new Map(operation.conditions.map((name) => [name, evaluateCondition(operation, name, variables)]));
    const key = onError === 'NULL' ? `NULL ${[...values.values()].join()}` : [...values.values()].join();
    // Without `getOrCreate`, which would need a new closure for every response.
    let complete = variants.get(key);
    if (!complete) {
      complete = compileRoot({
        variant: { operation, values },
        introspect,
        missingEntities,
        maxBytes,
        completeNonNull: onError === 'NULL' ? keepNull : completeNonNull,
      });
      variants.set(key, complete);
    }
    const context: CompletionContext = { variables, path: [], bytes: 0, errors: [], denials: [], pending };
    const completed = complete(data, context);
    const result = completed === propagateNull ? null : completed;
    return { data: result, errors: context.errors, denials: context.denials };
  };
}

function compileRoot(options: CompletionOptions): CompleteObject {
  const { schema, definition } = options.variant.operation;
  const type = schema.getRootType(definition.operation);
  if (!type) throw new Error(`The schema has no ${definition.operation} type.`);
  return compileObject(options, [{ set: definition.selectionSet, type }], undefined, type);
}
