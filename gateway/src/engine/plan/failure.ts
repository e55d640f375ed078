import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** An error of a subgraph as one of the operation: its code and message, and the place that it has in the answer. */
export function downstreamError(
  { message, extensions }: GraphQLFormattedError,
  serviceName: string,
  path: readonly (string | number)[] | undefined,
): GraphQLError {
  const told = message === '' ? `Error while fetching subquery from service "${serviceName}"` : message;
  const code = extensions?.['code'] ? {} : { code: 'DOWNSTREAM_SERVICE_ERROR' };
  return new GraphQLError(told, {
    extensions: { ...extensions, serviceName, ...code },
    ...(path && { path }),
  });
}

/** What was thrown, as an error that an answer can tell. */
export function graphqlError(failure: Error): GraphQLError {
  return failure instanceof GraphQLError ? failure : new GraphQLError(failure.message, { originalError: failure });
}
