import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { findPlannerFields, type PlannerFields } from './alias-rewriter.js';
import { validateDocument } from './validate-document.js';

/** Validates and plans operations against one supergraph. */
export interface Planner {
  /** The API schema, which clients see. */
  schema: GraphQLSchema;
  /** The supergraph schema with its directives. */
  supergraphSchema: GraphQLSchema;
  plannerFields: PlannerFields;
  /** Validates a document against the API schema. No errors if it is valid. */
  validate(document: DocumentNode): Promise<readonly GraphQLError[]>;
  /** @throws for an operation that cannot be planned */
  plan(document: DocumentNode, operationName: string | undefined): Promise<QueryPlan>;
}

/**
 * Plans synchronously in the calling thread, for tests and tools. A server uses `openThreadedPlanner`.
 * @throws when the SDL is not a supergraph
 */
export function createInProcessPlanner(sdl: string): Planner {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const planner = new QueryPlanner(supergraph);
  const api = supergraph.apiSchema();
  const schema = api.toGraphQLJSSchema();
  return {
    schema,
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    plannerFields: findPlannerFields(parse(sdl, { noLocation: true })),
    validate: async (document) => validateDocument(schema, document),
    plan: async (document, name) =>
      planner.buildQueryPlan(operationFromDocument(api, document, name === undefined ? {} : { operationName: name })),
  };
}
