import type { MaskError } from '@marquee/chassis/errors/mask-errors';
import type { GraphQLFormattedError } from 'graphql';
import type { Refusal } from '../admission/refusals.js';
import type { OperationResult } from '../engine/planner/prepared-operation.js';

/** The HTTP response to one operation. */
export interface OperationResponse {
  status: number;
  headers: Map<string, string> | undefined;
  body: { errors: GraphQLFormattedError[] | undefined; data: Record<string, unknown> | null | undefined };
}

/** An operation that was admitted and could not run at all, for instance because it cannot be planned, gets 400. */
export function operationResponse(result: OperationResult | Refusal, mask: MaskError): OperationResponse {
  const errors = result.errors?.map((error) => mask(error.toJSON(), error));
  if ('status' in result) return { status: result.status, headers: result.headers, body: { errors, data: undefined } };
  return { status: result.data === undefined ? 400 : 200, headers: undefined, body: { errors, data: result.data } };
}
