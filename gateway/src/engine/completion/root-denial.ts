import type { GraphQLError } from 'graphql';
import { type ClientOperation, evaluateCondition } from './client-operation.js';
import { collectFields } from './collect-fields.js';
import { type CompletionContext, reportDenied } from './null-propagation.js';

/**
 * The error of the first root field that is denied to the caller. It is known before the execution, which therefore does
 * not start with `onError: "HALT"`: a mutation must not run if the response is an error in any case.
 */
export function findRootDenial(
  operation: ClientOperation,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  const { schema, definition, denied } = operation;
  const type = schema.getRootType(definition.operation);
  if (denied.size === 0 || !type) return undefined;
  const values = new Map(operation.conditions.map((name) => [name, evaluateCondition(operation, name, variables)]));
  const { fields } = collectFields({ operation, values }, [{ set: definition.selectionSet, type }], undefined, type);
  const field = fields.find(({ denial }) => denial !== undefined);
  if (!field?.denial) return undefined;
  const context: CompletionContext = { variables, path: [field.name], bytes: 0, errors: [], denials: [] };
  reportDenied(context, field.denial);
  return context.denials[0];
}
