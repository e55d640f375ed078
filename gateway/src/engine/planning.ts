import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { fittingFaults } from './fitting.js';
import { type AddedFields, addedFields } from './naming.js';

/** Plans operations over one supergraph. */
export interface Planning {
  /** What clients see. */
  schema: GraphQLSchema;
  /** What composition wrote, with the marks that clients do not see. */
  supergraphSchema: GraphQLSchema;
  /** The fields that the planner may add to a document. */
  added: AddedFields;
  /** What of a document that was parsed does not fit what clients see; nothing, as a rule. */
  faults(document: DocumentNode): Promise<readonly GraphQLError[]>;
  /** @throws for an operation that cannot be planned */
  plan(document: DocumentNode, operationName: string | undefined): Promise<QueryPlan>;
}

/**
 * Plans at once and in this thread, which suits tests and tools: a process that serves has `openPlanning`.
 * @throws when the text is not a supergraph
 */
export function planningOver(sdl: string): Planning {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const planner = new QueryPlanner(supergraph);
  const api = supergraph.apiSchema();
  const schema = api.toGraphQLJSSchema();
  return {
    schema,
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    added: addedFields(parse(sdl, { noLocation: true })),
    faults: async (document) => fittingFaults(schema, document),
    plan: async (document, name) =>
      planner.buildQueryPlan(operationFromDocument(api, document, name === undefined ? {} : { operationName: name })),
  };
}
