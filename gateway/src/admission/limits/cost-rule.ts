import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { type GraphQLError, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql';
import type { GatewaySettings } from '../../config.js';
import type { Graph } from '../../engine/graph.js';
import type { AdmittedOperation } from '../admitted-operation.js';
import { costLimitExceeded, responseLimitExceeded } from '../refusals.js';
import type { Variables } from './list-size.js';
import { createCostModel, type OperationCost } from './operation-cost.js';

/**
 * Why an operation costs too much or may have too large a response; both are computed once and evaluated with the
 * variables of each request. Sets `cost` of the operation.
 */
export type CostRule = (operation: AdmittedOperation) => readonly GraphQLError[];

export type CostLimits = Pick<GatewaySettings, 'GUARD_COST' | 'GUARD_RESPONSE_BYTES'>;

/** Assumed number of items of a list without `@listSize`. */
const unsizedListSize = 10;

/** A cached cost is found without a call, since every request looks it up. */
export function createCostRule({ GUARD_COST: limit, GUARD_RESPONSE_BYTES: maxBytes }: CostLimits): CostRule {
  const modelOf = memoizeWeak((graph: Graph) => createCostModel(graph.supergraphSchema, unsizedListSize));
  const costs = new WeakMap<OperationDefinitionNode, OperationCost>();
  return (operation) => {
    const { definition } = operation;
    const known = costs.get(definition) ?? costOf(operation);
    const variables = withDefaults(definition, operation.variables);
    const cost = known.evaluate(variables);
    const bytes = known.responseBytes(variables);
    operation.cost = cost;
    if (cost <= limit && bytes <= maxBytes) return known.errors;
    return [
      ...known.errors,
      ...(cost > limit ? [costLimitExceeded(limit, cost)] : []),
      ...(bytes > maxBytes ? [responseLimitExceeded(maxBytes, bytes)] : []),
    ];
  };

  function costOf({ graph, document, definition }: AdmittedOperation): OperationCost {
    const cost = modelOf(graph)(document, definition);
    costs.set(definition, cost);
    return cost;
  }
}

function withDefaults({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): Variables {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  return defaults.length > 0 ? { ...Object.fromEntries(defaults), ...variables } : variables;
}
