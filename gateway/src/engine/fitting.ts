import { badInput, requestFault } from '@marquee/chassis/errors/errors';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, Kind, validate } from 'graphql';

/** Errors that one document tells at most. */
const errorLimit = 20;

/** What of a document is not in a schema. Its rules alone let pass what has no type to begin with. */
export function fittingFaults(schema: GraphQLSchema, document: DocumentNode): GraphQLError[] {
  const rootless = document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION && !schema.getRootType(one.operation) ? [one.operation] : [],
  );
  if (rootless.length > 0) return [badInput({ path: 'query', message: `there is no ${rootless[0]} here` })];
  return validate(schema, document, undefined, { maxErrors: errorLimit }).map(requestFault);
}
