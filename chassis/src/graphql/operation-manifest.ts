import { createHash } from 'node:crypto';
import { z } from 'zod';

/** An operation that clients use. */
export interface ManifestOperation {
  /** `operationId` of the body. */
  id: string;
  name: string;
  /** The document, including its fragments. */
  body: string;
}

/**
 * Parses a persisted query manifest, as Apollo Client's tools generate it:
 * `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}]}`.
 * @throws Error if the format differs, or if an id is not the SHA-256 of its operation's body
 */
export function readOperationManifest(text: string): ManifestOperation[] {
  const read = manifest.safeParse(parseJson(text));
  const [problem] = read.error?.issues ?? [];
  if (problem) throw new Error(`not a persisted query manifest: ${problem.path.join('.')} ${problem.message}`);
  const { operations } = read.data as z.output<typeof manifest>;
  for (const { id, name, body } of operations)
    if (id !== operationId(body)) throw new Error(`the id of the operation "${name}" is not the SHA-256 of its body`);
  return operations;
}

/** The id of an operation: the SHA-256 of its document, in hex. */
export function operationId(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription']),
      body: z.string(),
    }),
  ),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw new Error(`not JSON: ${(failure as Error).message}`, { cause: failure });
  }
}
