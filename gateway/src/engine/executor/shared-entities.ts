import { Kind, print, type SelectionNode } from 'graphql';
import type { SubgraphResponse } from '../fetcher.js';
import { checkEntities, type EntityBatch } from './entity-batch.js';
import type { BatchableOperation } from './merge-operations.js';

/**
 * Numbers the `_entities` fields of a merged operation: fetches that select the same fields share one, so that an entity
 * that several branches of a plan need is resolved and sent once. A selection with nested objects is not shared, because
 * each branch adds its own data to them.
 * @param isShareable whether a fetch merges the results as they are
 */
export function numberFields(operations: readonly BatchableOperation[], isShareable: readonly boolean[]): number[] {
  const numbers = new Map<string, number>();
  return operations.map(({ entities }, index) => {
    const key = isShareable[index] && isFlat(entities) ? print(entities) : `${index}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}

function isFlat({ selectionSet }: { selectionSet?: { selections: readonly SelectionNode[] } | undefined }): boolean {
  return (selectionSet?.selections ?? []).every((one) =>
    one.kind === Kind.FIELD ? !one.selectionSet : one.kind === Kind.INLINE_FRAGMENT && isFlat(one),
  );
}

/** The representations of several batches, each of them once. */
export interface SharedRepresentations {
  representations: string[];
  /** For each batch the position of each of its representations. */
  positions: number[][];
}

export function shareRepresentations(batches: readonly EntityBatch[]): SharedRepresentations {
  const known = new Map<string, number>();
  const positions = batches.map(({ representations }) =>
    representations.map((one) => {
      const position = known.get(one) ?? known.size;
      known.set(one, position);
      return position;
    }),
  );
  return { representations: [...known.keys()], positions };
}

/** The part of a shared field that belongs to one batch. */
export interface SharedPart {
  /** Response name of the field. */
  name: string;
  /** The number of entities in the response. */
  count: number;
  /** The positions of the entities of the batch. */
  positions: readonly number[];
  /** Whether errors that do not name an entity belong to this batch, so that they are reported once. */
  isFirst: boolean;
}

/**
 * The response to one batch of a shared field, as if it had been sent alone.
 * @throws Error if the response has another number of entities than requested
 */
export function responseOfPart({ data, errors }: SubgraphResponse, part: SharedPart): SubgraphResponse {
  const own = errors?.flatMap((error) => {
    const [name, position, ...rest] = error.path ?? [];
    if (typeof position !== 'number') return part.isFirst ? [error] : [];
    const index = part.positions.indexOf(position);
    return index < 0 || name === undefined ? [] : [{ ...error, path: [name, index, ...rest] }];
  });
  if (!data) return { data, errors: own };
  const entities = checkEntities(data[part.name], part.count);
  return { data: { [part.name]: part.positions.map((position) => entities[position]) }, errors: own };
}

/** Whether the whole response was nulled by an error that does not name an entity of the batch. */
export function isPartLost({ data, errors = [] }: SubgraphResponse, { positions }: SharedPart): boolean {
  return !data && !errors.some(({ path }) => typeof path?.[1] === 'number' && positions.includes(path[1]));
}
