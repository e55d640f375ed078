import { type GraphQLSchema, isInterfaceType, isNonNullType, isObjectType } from 'graphql';
import type { PlannerFields } from '@marquee/gateway/engine/planner/alias-rewriter';
import type { IsFailable } from './injected-failures.js';

/**
 * Finds the fields whose failure has the same effect in the monolith as in a subgraph, however the plan splits them:
 * - the planner does not need their values, as it needs those of keys and of `@requires`;
 * - all subgraphs and the API schema agree about their type. Where some field of the supergraph is nullable in one
 *   subgraph only, a null propagates further in the other, so that just nullable fields may fail.
 */
export function findFailableFields(
  api: GraphQLSchema,
  subgraphs: readonly GraphQLSchema[],
  plannerFields: PlannerFields,
): IsFailable {
  const isUniform = subgraphs.every((schema) => differingFields(api, schema).size === 0);
  const differing = new Set(subgraphs.flatMap((schema) => [...differingFields(api, schema)]));
  return ({ parentType, fieldName, returnType }) =>
    !plannerFields.has(fieldName) &&
    !differing.has(`${parentType.name}.${fieldName}`) &&
    (isUniform || !isNonNullType(returnType));
}

/** The fields of a subgraph that have another type in the API schema. Those that clients do not see cannot be selected. */
function differingFields(api: GraphQLSchema, schema: GraphQLSchema): Set<string> {
  const found = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    const visible = api.getType(type.name);
    if (!isObjectType(type) || !(isObjectType(visible) || isInterfaceType(visible))) continue;
    for (const { name, type: own } of Object.values(type.getFields())) {
      const field = visible.getFields()[name];
      if (field && String(field.type) !== String(own)) found.add(`${type.name}.${name}`);
    }
  }
  return found;
}
