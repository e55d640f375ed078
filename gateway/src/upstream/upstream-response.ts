import { markNumbers } from '@marquee/chassis/json/lossless-json';
import type { GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { UpstreamFailure } from './upstream-failure.js';

/** A GraphQL response of a subgraph, in the format of the GraphQL specification (section 7, Response). */
export interface UpstreamResponse {
  data?: Record<string, unknown> | null | undefined;
  errors?: GraphQLFormattedError[] | undefined;
  /** The header `Cache-Control`. */
  cacheControl?: string | undefined;
  /** The header `Age`, in seconds. */
  age?: number | undefined;
}

/**
 * Parses a response body. A subgraph that rejects the request itself responds with a 4xx status and a list of errors,
 * which is a valid response.
 * @throws UpstreamFailure (`invalid_response`, or `refused` for a 4xx status) if the body is not a GraphQL response
 */
export function parseResponse(service: string, status: number, text: string): UpstreamResponse {
  const { data, errors: given } = asObject(parseJson(service, status, text)) ?? {};
  const errors = given === null ? undefined : given;
  if ((data === undefined && errors === undefined) || !isData(data)) throw invalidResponse(service, status);
  return { data, errors: errors === undefined ? undefined : parseErrors(service, status, errors) };
}

function isData(data: unknown): data is UpstreamResponse['data'] {
  return data === undefined || data === null || asObject(data) !== undefined;
}

function parseErrors(service: string, status: number, errors: unknown): UpstreamResponse['errors'] {
  const parsed = errorsSchema.safeParse(errors);
  if (parsed.success) return parsed.data;
  throw invalidResponse(service, status);
}

function invalidResponse(service: string, status: number): UpstreamFailure {
  const reason = status >= 400 && status < 500 ? 'refused' : 'invalid_response';
  return new UpstreamFailure(service, reason, `HTTP ${status} without a GraphQL response`);
}

/** Only errors are validated with a schema: nearly all responses have none, so the common case stays cheap. */
const errorsSchema = z.array(
  z.object({
    message: z.string(),
    path: z
      .array(z.union([z.string(), z.number()]))
      .optional()
      .catch(undefined),
    extensions: z.record(z.string(), z.unknown()).optional().catch(undefined),
  }),
);

function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

function parseJson(service: string, status: number, text: string): unknown {
  try {
    return JSON.parse(markNumbers(text));
  } catch {
    throw invalidResponse(service, status);
  }
}
