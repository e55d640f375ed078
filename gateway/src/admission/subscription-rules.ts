import type { DocumentNode, GraphQLError, OperationDefinitionNode } from 'graphql';
import type { AdmittedOperation } from './admitted-operation.js';
import { conditionalSubscription, subscriptionDenied } from './refusals.js';
import { rootFields } from './root-fields.js';

/** The query planner throws on a subscription whose root field has `@skip` or `@include`. */
export function conditionErrors(document: DocumentNode, operation: OperationDefinitionNode): GraphQLError[] {
  return rootFields(document, operation)
    .flatMap(({ path }) => path.flatMap(({ directives = [] }) => directives))
    .map(({ name }) => name.value)
    .filter((name) => name === 'skip' || name === 'include')
    .map(conditionalSubscription);
}

/** Without its root field a subscription has nothing to send, so a denied one is refused. */
export function rootDenials({ document, definition, deniedFields }: AdmittedOperation): GraphQLError[] {
  return rootFields(document, definition).flatMap(({ field }) => {
    const code = deniedFields.get(field);
    return code ? [subscriptionDenied(code, field.name.value)] : [];
  });
}
