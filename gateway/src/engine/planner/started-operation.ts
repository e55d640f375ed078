import type { GraphQLError } from 'graphql';
import type { OperationResult } from './prepared-operation.js';

/** The first result of an operation, and what follows it. */
export interface StartedOperation {
  result: OperationResult;
  /** The later parts; absent if the first result is the whole one. */
  later?: LaterParts | undefined;
}

/** The parts of a response that follow the first one. They are completed when they are read. */
export interface LaterParts extends AsyncIterableIterator<LaterResult> {
  /** The parts that the first result leaves out. */
  announced: readonly AnnouncedPart[];
  /** Resolves when the last part was read or the client left, to whether a part had errors. */
  ended: Promise<boolean>;
  /** Ends the delivery, and cancels the fetches that are not needed any more. */
  return(): Promise<IteratorResult<LaterResult>>;
}

/** The parts that became available at the same time. */
export interface LaterResult {
  parts: readonly LaterPart[];
  /** The parts within these that follow later still. */
  announced: readonly AnnouncedPart[];
  hasNext: boolean;
}

/** A part that follows later. */
export interface AnnouncedPart {
  id: string;
  /** The path of the object that gets more fields, or of the list that gets more items. */
  path: readonly (string | number)[];
  /** The label that the client gave. */
  label: string | undefined;
}

export interface LaterPart extends AnnouncedPart {
  /** For items of a list, the index of the first one; undefined for fields of an object. */
  from: number | undefined;
  /** The fields or the items; null if a null propagated to the part itself. */
  value: unknown;
  /** Paths are those of the whole response. */
  errors: readonly GraphQLError[];
}
