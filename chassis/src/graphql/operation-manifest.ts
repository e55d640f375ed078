import { createHash } from 'node:crypto';
import { z } from 'zod';

/** An operation that a client has in use. */
export interface ManifestOperation {
  /** What it is known by: `operationId` of the body. */
  id: string;
  name: string;
  /** The document, with its fragments. */
  body: string;
}

/**
 * Reads a persisted query manifest, as the tools of Apollo clients write it:
 * `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}]}`.
 * @throws Error for another form, and for an id that is not that of its operation
 */
export function readOperationManifest(text: string): ManifestOperation[] {
  const read = manifest.safeParse(parsed(text));
  const [problem] = read.error?.issues ?? [];
  if (problem) throw new Error(`it is no persisted query manifest: ${problem.path.join('.')} ${problem.message}`);
  const { operations } = read.data as z.output<typeof manifest>;
  for (const { id, name, body } of operations)
    if (id !== operationId(body)) throw new Error(`the id of the operation "${name}" is not the sha256 of its body`);
  return operations;
}

/** What an operation is known by: the sha256 of its document, in hex. */
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw new Error(`it is not JSON: ${(failure as Error).message}`, { cause: failure });
  }
}
