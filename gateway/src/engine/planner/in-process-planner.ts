import type { QueryPlan, QueryPlannerConfig } from '@apollo/query-planner';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { ActiveLabels } from '../operation-context.js';
import type { Requesters } from '../requesters.js';
import type { PlannerFields } from './alias-rewriter.js';
import { loadSupergraph } from './load-supergraph.js';
import { validateDocument } from './validate-document.js';

/** Validates and plans operations against one supergraph. */
export interface Planner {
  /** The SDL of the supergraph. */
  sdl: string;
  /** The API schema, which clients see. */
  schema: GraphQLSchema;
  /** The supergraph schema with its directives. */
  supergraphSchema: GraphQLSchema;
  plannerFields: PlannerFields;
  /**
   * Validates a document against the API schema. No errors if it is valid.
   * @param requesters those who wait for the result; the gateway itself by default
   */
  validate(document: DocumentNode, requesters?: Requesters): Promise<readonly GraphQLError[]>;
  /**
   * @param labels the active labels of progressive overrides
   * @throws for an operation that cannot be planned
   */
  plan(
    document: DocumentNode,
    operationName: string | undefined,
    requesters?: Requesters,
    labels?: ActiveLabels,
  ): Promise<QueryPlan>;
}

/**
 * Plans synchronously in the calling thread, for tests and tools. A server uses `openThreadedPlanner`.
 * @throws when the SDL is not a supergraph
 */
export function createInProcessPlanner(sdl: string, config?: QueryPlannerConfig): Planner {
  const { supergraph, schema, plannerFields, plan } = loadSupergraph(sdl, config);
  return {
    sdl,
    schema,
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    plannerFields,
    validate: async (document) => validateDocument(schema, document),
    plan: async (document, operationName, _, labels) => plan(document, operationName, labels),
  };
}
