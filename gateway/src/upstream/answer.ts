import type { GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { UpstreamFailure } from './failure.js';

/** A GraphQL answer of a subgraph, in the shape that the specification gives it. */
export interface Answer {
  data?: Record<string, unknown> | null | undefined;
  errors?: GraphQLFormattedError[] | undefined;
}

/**
 * Reads an answer. A subgraph that refuses the request itself says so with a 4xx and a list of errors.
 * @throws UpstreamFailure when it is not a GraphQL answer
 */
export function readAnswer(service: string, status: number, text: string): Answer {
  const answer = answerShape.safeParse(parsed(service, text));
  if (!answer.success) throw new UpstreamFailure(service, 'garbage', `HTTP ${status} without a GraphQL answer`);
  return answer.data;
}

const answerShape = z
  .object({
    data: z.record(z.string(), z.unknown()).nullish(),
    errors: z
      .array(
        z.object({
          message: z.string(),
          path: z
            .array(z.union([z.string(), z.number()]))
            .optional()
            .catch(undefined),
          extensions: z.record(z.string(), z.unknown()).optional().catch(undefined),
        }),
      )
      .nullish()
      .transform((errors) => errors ?? undefined),
  })
  .refine(({ data, errors }) => data !== undefined || errors !== undefined);

function parsed(service: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UpstreamFailure(service, 'garbage', 'the answer is not JSON');
  }
}
