import type { ApolloServerPlugin } from '@apollo/server';
import { badInput } from '@marquee/chassis/errors/errors';
import { GraphQLError, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { OperationContext } from '../engine/context.js';

/** Lets queries and mutations through that the document really has. */
export function operationGuard(): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ operation, request }) => refuseOperation(operation, request.operationName),
    }),
  };
}

function refuseOperation(operation: OperationDefinitionNode | undefined, name: string | undefined): void {
  if (operation === undefined)
    throw refused(
      'operationName',
      name ? 'the document has no operation of this name' : 'the document needs one name of several',
    );
  if (operation.operation === OperationTypeNode.SUBSCRIPTION)
    throw refused(
      'query',
      'a subscription needs a socket (ws, graphql-transport-ws) or a POST that accepts text/event-stream, at this address',
    );
}

function refused(path: string, message: string): GraphQLError {
  const error = badInput({ path, message });
  return new GraphQLError(error.message, { extensions: { ...error.extensions, http: { status: 400 } } });
}
