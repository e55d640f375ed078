import type { MaskError } from '@marquee/chassis/errors/mask-errors';
import type { GraphQLFormattedError } from 'graphql';
import { type Refusal, refusalOf } from '../admission/refusals.js';
import type { OperationResult } from '../engine/planner/prepared-operation.js';
import type { CacheHeaders } from './cache-headers.js';

/** The HTTP response to one operation. */
export interface OperationResponse {
  status: number;
  headers: Map<string, string>;
  body: { errors: GraphQLFormattedError[] | undefined; data: Record<string, unknown> | null | undefined };
}

export interface OperationResponseOptions {
  mask: MaskError;
  cacheHeaders: CacheHeaders;
}

/** An operation that was admitted and could not run at all, for instance because it cannot be planned, is refused. */
export function operationResponse(
  result: OperationResult | Refusal,
  { mask, cacheHeaders }: OperationResponseOptions,
): OperationResponse {
  const errors = result.errors?.map((error) => mask(error.toJSON(), error));
  if ('status' in result) return refused(result, errors);
  const { data, cachePolicy } = result;
  if (data === undefined) return refused(refusalOf(result.errors ?? []), errors);
  const headers = cachePolicy ? cacheHeaders.cacheable(cachePolicy) : cacheHeaders.uncacheable;
  return { status: 200, headers, body: { errors, data } };
}

function refused({ status, headers }: Refusal, errors: GraphQLFormattedError[] | undefined): OperationResponse {
  return { status, headers, body: { errors, data: undefined } };
}
