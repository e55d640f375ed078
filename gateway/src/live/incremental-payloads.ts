import type { MaskError } from '@marquee/chassis/errors/mask-errors';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { IncrementalFormat } from '../admission/response-forms.js';
import type { OperationResult } from '../engine/planner/prepared-operation.js';
import type { AnnouncedPart, LaterPart, LaterParts, LaterResult } from '../engine/planner/started-operation.js';

/** A result as clients parse it. The errors of the first one are not masked yet, like those of any other result. */
export type IncrementalPayload = OperationResult & Record<string, unknown> & { hasNext: boolean };

export interface PayloadOptions {
  format: IncrementalFormat;
  mask: MaskError;
}

/** The results of an operation with later parts, each read when the one before has been sent. */
export function incrementalPayloads(
  result: OperationResult,
  later: LaterParts,
  options: PayloadOptions,
): AsyncIterableIterator<IncrementalPayload> {
  let isFirst = true;
  return {
    async next() {
      if (isFirst) {
        isFirst = false;
        return { done: false, value: { ...result, ...firstMembers(later.announced, options), hasNext: true } };
      }
      const next = await later.next();
      return next.done ? { done: true, value: undefined } : { done: false, value: laterPayload(next.value, options) };
    },
    async return() {
      await later.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function firstMembers(announced: readonly AnnouncedPart[], { format }: PayloadOptions): Record<string, unknown> {
  return format === 'incrementalSpec=v0.2' ? { pending: announced.map(pendingPart) } : {};
}

function laterPayload(result: LaterResult, { format, mask }: PayloadOptions): IncrementalPayload {
  const { parts, announced, hasNext } = result;
  if (format === 'deferSpec=20220824') return { incremental: parts.map((part) => patch(part, mask)), hasNext };
  const values = parts.filter(({ value }) => value !== null);
  return {
    ...(announced.length > 0 && { pending: announced.map(pendingPart) }),
    ...(values.length > 0 && { incremental: values.map((part) => identifiedPatch(part, mask)) }),
    completed: parts.map((part) => completedPart(part, mask)),
    hasNext,
  };
}

/** A part as in the proposal of August 2022, which Apollo Client, urql and Relay read. */
function patch({ path, from, value, label, errors }: LaterPart, mask: MaskError): Record<string, unknown> {
  return {
    ...masked(errors, mask),
    ...(from === undefined ? { data: value, path } : { items: value, path: [...path, from] }),
    ...(label !== undefined && { label }),
  };
}

function identifiedPatch({ id, from, value, errors }: LaterPart, mask: MaskError): Record<string, unknown> {
  return { id, ...masked(errors, mask), ...(from === undefined ? { data: value } : { items: value }) };
}

/** A part with errors at its completion failed as a whole. */
function completedPart({ id, value, errors }: LaterPart, mask: MaskError): Record<string, unknown> {
  return { id, ...(value === null && masked(errors, mask)) };
}

function pendingPart({ id, path, label }: AnnouncedPart): Record<string, unknown> {
  return { id, path, ...(label !== undefined && { label }) };
}

function masked(errors: readonly GraphQLError[], mask: MaskError): { errors?: GraphQLFormattedError[] } {
  return errors.length > 0 ? { errors: errors.map((error) => mask(error.toJSON(), error)) } : {};
}
