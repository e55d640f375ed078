import type { JsonObject } from './json-object.js';

/**
 * The response for a reference to an entity that its subgraph does not find, or that it hides from the caller, if a
 * non-null field of the entity is selected:
 *
 * - `null`: the reference is null, without an error, as if it did not exist. An id that points nowhere must not cause
 *   errors for others, which `onError: "HALT"` would turn into empty responses.
 * - `error`: the field is an error, as in Apollo's executor.
 */
export type MissingEntities = 'null' | 'error';

/** Marks entities. A symbol is neither sent to subgraphs nor a name that a client can choose. */
const missing = Symbol('missing');

/** Marks an entity for which a subgraph returned null without an error. */
export function markMissing(entity: JsonObject): void {
  (entity as MarkedEntity)[missing] = true;
}

export function isMissing(entity: JsonObject): boolean {
  return (entity as MarkedEntity)[missing] === true;
}

interface MarkedEntity {
  [missing]?: true;
}
