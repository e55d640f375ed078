import { createHash } from 'node:crypto';
import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import { z } from 'zod';

/** An operation that clients use. */
export interface ManifestOperation {
  /** The id by which clients request it: usually a hash of the body, SHA-256, SHA-1 or MD5 depending on their tools. */
  id: string;
  name: string;
  /** The document, including its fragments. */
  body: string;
}

/**
 * Parses a manifest of operations in one of the forms of the usual tools:
 * - Apollo's `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}]}`
 * - `{"<id>": "<body>"}`, as the Relay compiler (`persistConfig.file`) and GraphQL Code Generator (`persistedDocuments`)
 *   write it.
 * @throws Error if the text has neither form, if a body is not a document, or if an id looks like the SHA-256 of its body
 *   and is not
 */
export function readOperationManifest(text: string): ManifestOperation[] {
  const operations = operationsIn(parseJson(text));
  for (const { id, name, body } of operations)
    if (sha256.test(id) && id !== operationId(body))
      throw new Error(`the id of the operation "${name}" is not the SHA-256 of its body`);
  return operations;
}

/** Whether a text can be the id of an operation. */
export function isOperationId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:/+=-]{1,256}$/.test(value);
}

const sha256 = /^[0-9a-f]{64}$/;

function operationsIn(value: unknown): ManifestOperation[] {
  const isMap = typeof value === 'object' && value !== null && !('format' in value);
  if (!isMap) return checked(apolloManifest.safeParse(value)).operations;
  return Object.entries(checked(documentMap.safeParse(value))).map(([id, body]) => ({
    id,
    name: nameOf(id, body),
    body,
  }));
}

function checked<Output>(read: z.ZodSafeParseResult<Output>): Output {
  if (read.success) return read.data;
  const [problem] = read.error.issues;
  throw new Error(`not a manifest of operations: ${problem?.path.join('.')} ${problem?.message}`);
}

/** The name of the first operation of a document. */
function nameOf(id: string, body: string): string {
  try {
    const operation = parse(body, { noLocation: true }).definitions.find(
      ({ kind }) => kind === Kind.OPERATION_DEFINITION,
    );
    return (operation as OperationDefinitionNode | undefined)?.name?.value ?? id;
  } catch (failure) {
    throw new Error(`the document with the id "${id}" is invalid: ${(failure as Error).message}`, { cause: failure });
  }
}

/** The id of an operation: the SHA-256 of its document, in hex. */
export function operationId(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

const operationIdShape = z.string().refine(isOperationId, 'is not an id');

const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({
      id: operationIdShape,
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription']),
      body: z.string(),
    }),
  ),
});

const documentMap = z.record(operationIdShape, z.string());

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw new Error(`not JSON: ${(failure as Error).message}`, { cause: failure });
  }
}
