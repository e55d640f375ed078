import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Converts an error of a subgraph, with its code and message, to one of the operation. @param path in the response */
export function subgraphError(
  { message, extensions }: GraphQLFormattedError,
  serviceName: string,
  path: readonly (string | number)[] | undefined,
): GraphQLError {
  const text = message === '' ? `Error while fetching subquery from service "${serviceName}"` : message;
  const code = extensions?.['code'] ? {} : { code: 'DOWNSTREAM_SERVICE_ERROR' };
  return new GraphQLError(text, {
    extensions: { ...extensions, serviceName, ...code },
    ...(path && { path }),
  });
}

/** Wraps a thrown error as a GraphQL error. */
export function toGraphQLError(error: Error): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error });
}
