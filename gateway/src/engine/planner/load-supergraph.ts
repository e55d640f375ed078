import {
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  type Schema,
  Supergraph,
} from '@apollo/federation-internals';
import { withIncrementalDirectives } from '@marquee/chassis/graphql/incremental-schema';
import { unsupportedFeatures } from '@marquee/chassis/graphql/supergraph-features';
import { type QueryPlan, QueryPlanner, type QueryPlannerConfig } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLSchema, isInputObjectType, Kind, OperationTypeNode, parse } from 'graphql';
import { operationNamed } from '../document-definitions.js';
import type { ActiveLabels } from '../operation-context.js';
import { findPlannerFields, type PlannerFields } from './alias-rewriter.js';
import { findDependentFields, planConditions } from './conditional-plans.js';
import { declareVariables } from './declare-variables.js';
import { planDeferred } from './deferred-plans.js';
import { orderMutations } from './mutation-order.js';
import { requiresFetch } from './planner-document.js';
import { resolvableKeysFirst } from './resolvable-keys.js';
import { separateRequiredArguments } from './required-arguments.js';
import { restoreRequiredArguments } from './restore-required-arguments.js';

/** A supergraph that operations can be planned against. */
export interface LoadedSupergraph {
  supergraph: Supergraph;
  /** The API schema. */
  schema: GraphQLSchema;
  plannerFields: PlannerFields;
  /**
   * Plans one operation of a document that `toPlannerDocument` returned.
   * @param labels the active labels of progressive overrides
   * @throws Error for an operation that cannot be planned
   */
  plan(document: DocumentNode, operationName: string | undefined, labels?: ActiveLabels): QueryPlan;
}

/** @throws Error with the reason when the SDL is not a supergraph, or needs features that are not supported */
export function loadSupergraph(sdl: string, config: QueryPlannerConfig = {}): LoadedSupergraph {
  const document = parseSupported(sdl);
  const { separated, requiredArguments } = separateRequiredArguments(resolvableKeysFirst(document));
  const planned = build(separated);
  const planner = new QueryPlanner(planned, { incrementalDelivery: { enableDefer: true }, ...config });
  const dependentFields = findDependentFields(document);
  const contextFields = findDependentFields(document, ['contextArguments']);
  // Stand-ins for required fields are fields of the planner alone.
  const supergraph = requiredArguments.standIns.size === 0 ? planned : build(document);
  const api = supergraph.apiSchema();
  return {
    supergraph,
    schema: createApiSchema(api, document),
    plannerFields: findPlannerFields(document),
    plan(operations, operationName, labels = []) {
      const options = { overrideConditions: new Map(labels.map((label) => [label, true])) };
      const named = operationName === undefined ? {} : { operationName };
      const planOne = (one: DocumentNode): QueryPlan =>
        planDeferred(one, contextFields, (each) =>
          planner.buildQueryPlan(operationFromDocument(api, each, named), options),
        );
      // Condition nodes cannot contain a subscription.
      const isSubscription = operationNamed(operations, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
      const plan = isSubscription ? planOne(operations) : planConditions(operations, dependentFields, planOne);
      if (!plan.node && requiresFetch(operations, operationName))
        throw new Error('The operation cannot be planned: no subgraph resolves its fields.');
      declareVariables(plan, operationNamed(operations, operationName));
      return orderMutations(restoreRequiredArguments(plan, requiredArguments), operations, operationName);
    },
  };
}

function parseSupported(sdl: string): DocumentNode {
  const document = parse(sdl, { noLocation: true });
  const unsupported = unsupportedFeatures(document);
  if (unsupported.length > 0) throw new Error(unsupported.join('; '));
  return document;
}

/** `@oneOf` is not part of Apollo's API schema. */
function createApiSchema(api: Schema, document: DocumentNode): GraphQLSchema {
  const schema = withIncrementalDirectives(api.toGraphQLJSSchema());
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) continue;
    const type = schema.getType(definition.name.value);
    const isOneOf = definition.directives?.some(({ name }) => name.value === 'oneOf') ?? false;
    if (isInputObjectType(type)) type.isOneOf = isOneOf;
  }
  return schema;
}

function build(document: DocumentNode): Supergraph {
  return Supergraph.build(document, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
}
