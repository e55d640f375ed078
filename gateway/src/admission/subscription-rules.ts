import { type DocumentNode, type GraphQLError, OperationTypeNode } from 'graphql';
import { operationsOf } from '../engine/document-definitions.js';
import type { AdmittedOperation } from './admitted-operation.js';
import { conditionalSubscription, fieldDenied } from './refusals.js';
import { rootFields } from './root-fields.js';

/**
 * Refuses `@skip` and `@include` on the root field of a subscription. This must precede validation: graphql-js and the
 * query planner throw on them.
 */
export function conditionErrors(document: DocumentNode): GraphQLError[] {
  return operationsOf(document)
    .filter(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION)
    .flatMap((operation) => rootFields(document, operation))
    .flatMap(({ path }) => path.flatMap(({ directives = [] }) => directives))
    .map(({ name }) => name.value)
    .filter((name) => name === 'skip' || name === 'include')
    .map(conditionalSubscription);
}

/** Without its root field a subscription has nothing to send, so a denied one is refused. */
export function rootDenials({ document, definition, deniedFields }: AdmittedOperation): GraphQLError[] {
  return rootFields(document, definition).flatMap(({ field }) => {
    const denial = deniedFields.get(field);
    return denial ? [fieldDenied(denial)] : [];
  });
}
