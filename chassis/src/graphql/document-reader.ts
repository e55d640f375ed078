import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { SegmentedCache } from '../caching/segmented-cache.js';
import { invalidRequest } from '../errors/errors.js';

/** Maximum number of cached documents, and maximum characters of those that are used once and of those in use. */
const limits = { onTrial: 500, kept: 500, maxSize: 2_000_000 };

/** As for Apollo Server with `introspection: false`. */
const rules = [...specifiedRules, NoSchemaIntrospectionCustomRule];

/**
 * Returns a function that parses and validates a document. A valid document is cached by its text: the gateway sends few
 * different ones, and validating one costs more than most operations, and more than all the rest of a subscription.
 */
export function createDocumentReader(schema: GraphQLSchema): (text: string) => DocumentNode | readonly GraphQLError[] {
  const documents = new SegmentedCache<string, DocumentNode>(limits, (_, text) => Math.max(1, text.length));
  return (text) => {
    const known = documents.get(text);
    if (known) return known;
    const read = readDocument(schema, text);
    if ('kind' in read) documents.set(text, read);
    return read;
  };
}

function readDocument(schema: GraphQLSchema, text: string): DocumentNode | readonly GraphQLError[] {
  try {
    const document = parse(text);
    const errors = validate(schema, document, rules);
    return errors.length > 0 ? errors.map((error) => invalidRequest(error)) : document;
  } catch (failure) {
    if (failure instanceof GraphQLError) return [invalidRequest(failure)];
    throw failure;
  }
}
