import { badInput, invalidRequest } from '@marquee/chassis/errors/errors';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  Source,
  specifiedRules,
  validate,
} from 'graphql';
import { literalProblem } from './literal-problems.js';
import { incrementalRules } from './incremental-rules.js';

/** Maximum of errors per document. */
const maxErrors = 20;

const rules = [...specifiedRules, ...incrementalRules];

/**
 * Validates a document against a schema. Errors have suggestions, which admission removes. The rules of GraphQL alone
 * accept operations on a root type that is missing.
 */
export function validateDocument(schema: GraphQLSchema, document: DocumentNode): GraphQLError[] {
  const missing = document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION && !schema.getRootType(one.operation) ? [one.operation] : [],
  );
  if (missing.length > 0) return [badInput({ path: 'query', message: `the schema has no ${missing[0]} type` })];
  return validate(schema, document, rules, { maxErrors }).map((error) => {
    const problem = literalProblem(document, error);
    return invalidRequest(error, { keepsSuggestions: true, ...(problem && { fields: [problem] }) });
  });
}

/** A validation error in the form in which it passes between threads. */
export interface SerializedError {
  message: string;
  /** Character offsets in the document; null for an error without a location. */
  positions: readonly number[] | null;
  extensions: Record<string, unknown>;
}

/** Validates the text of a document without syntax errors. */
export function validateText(text: string, schema: GraphQLSchema): SerializedError[] {
  return validateDocument(schema, parse(text)).map(({ message, positions = null, extensions }) => ({
    message,
    positions,
    extensions: { ...extensions },
  }));
}

/** Restores a validation error of a document. */
export function deserializeError(text: string, { message, positions, extensions }: SerializedError): GraphQLError {
  return new GraphQLError(message, { source: new Source(text), positions, extensions });
}
