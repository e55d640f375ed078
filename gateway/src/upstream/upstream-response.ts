import type { GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { UpstreamFailure } from './upstream-failure.js';

/** A GraphQL answer of a subgraph, in the shape that the specification gives it. */
export interface UpstreamResponse {
  data?: Record<string, unknown> | null | undefined;
  errors?: GraphQLFormattedError[] | undefined;
}

/**
 * Reads an answer. A subgraph that refuses the request itself says so with a 4xx and a list of errors.
 * @throws UpstreamFailure when it is not a GraphQL answer
 */
export function parseResponse(service: string, status: number, text: string): UpstreamResponse {
  const { data, errors } = objectIn(parsed(service, text)) ?? {};
  const told = errors === null ? undefined : errors;
  if ((data === undefined && told === undefined) || !isData(data)) throw garbage(service, status);
  return { data, errors: told === undefined ? undefined : errorsIn(service, status, told) };
}

function isData(data: unknown): data is UpstreamResponse['data'] {
  return data === undefined || data === null || objectIn(data) !== undefined;
}

function errorsIn(service: string, status: number, errors: unknown): UpstreamResponse['errors'] {
  const read = errorsShape.safeParse(errors);
  if (read.success) return read.data;
  throw garbage(service, status);
}

function garbage(service: string, status: number): UpstreamFailure {
  return new UpstreamFailure(service, 'invalid_response', `HTTP ${status} without a GraphQL answer`);
}

/** Nearly all answers have none of these, so that they alone are worth a schema. */
const errorsShape = z.array(
  z.object({
    message: z.string(),
    path: z
      .array(z.union([z.string(), z.number()]))
      .optional()
      .catch(undefined),
    extensions: z.record(z.string(), z.unknown()).optional().catch(undefined),
  }),
);

function objectIn(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

function parsed(service: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UpstreamFailure(service, 'invalid_response', 'the answer is not JSON');
  }
}
