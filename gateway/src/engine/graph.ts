import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { requestFault } from '@marquee/chassis/errors/errors';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type DocumentNode, getOperationAST, getVariableValues, type GraphQLError, type GraphQLSchema } from 'graphql';
import type { OperationContext } from './context.js';

/** Most errors that one operation tells of values which a subgraph left out against its schema. */
const completionErrorLimit = 20;

/** What the fetches of a plan are sent through, by subgraph. */
export type Services = Readonly<Record<string, GraphQLDataSource>>;

/** One operation on its way through the graph. */
export interface RunningOperation {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Record<string, unknown>;
  context: OperationContext;
}

/** A loaded supergraph: plans operations and runs plans. */
export interface Graph {
  /** What clients see. */
  schema: GraphQLSchema;
  /** What composition wrote, with the marks that clients do not see. */
  supergraphSchema: GraphQLSchema;
  /** What is wrong with the values of an operation's variables; nothing, as a rule. */
  variableFaults(operation: RunningOperation): readonly GraphQLError[];
  /** @throws GraphQLError for an operation that cannot be planned */
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan;
  /** The one place where plans are executed. `services` are asked instead of the graph's own where they have the name. */
  execute(plan: QueryPlan, operation: RunningOperation, services?: Services): Promise<GatewayExecutionResult>;
}

/** Makes a graph of a valid supergraph. */
export function createGraph(sdl: string, services: Services, log: Logger): Graph {
  const supergraph = Supergraph.build(sdl);
  const planner = new QueryPlanner(supergraph);
  const api = supergraph.apiSchema();
  const schema = api.toGraphQLJSSchema();
  const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
  return {
    schema,
    supergraphSchema,
    variableFaults: (operation) => variableFaults(schema, operation),
    plan: keepPlans((document, name) =>
      planner.buildQueryPlan(operationFromDocument(api, document, name === undefined ? {} : { operationName: name })),
    ),
    async execute(plan, operation, own = {}) {
      const { document: operationDocument, operationName } = operation;
      const named = operationName === undefined ? {} : { operationName };
      const context = buildOperationContext({ schema, operationDocument, ...named });
      const request = requestOf(operation, log);
      return withMissing(
        await executeQueryPlan(plan, { ...services, ...own }, request, context, supergraphSchema, api),
      );
    },
  };
}

function variableFaults(schema: GraphQLSchema, operation: RunningOperation): readonly GraphQLError[] {
  const definitions = getOperationAST(operation.document, operation.operationName)?.variableDefinitions ?? [];
  return (getVariableValues(schema, definitions, operation.variables).errors ?? []).map(requestFault);
}

/** Plans live as long as the parsed document that they are for, which the caller bounds. */
function keepPlans(build: Graph['plan']): Graph['plan'] {
  const kept = new WeakMap<DocumentNode, Map<string | undefined, QueryPlan>>();
  return (document, operationName) => {
    const plans = kept.get(document) ?? new Map<string | undefined, QueryPlan>();
    kept.set(document, plans);
    const plan = plans.get(operationName) ?? build(document, operationName);
    plans.set(operationName, plan);
    return plan;
  };
}

/** The stock executor reads no more than this of what Apollo Server knows of a request. */
function requestOf({ variables, context }: RunningOperation, logger: Logger): GatewayGraphQLRequestContext {
  return { request: { variables }, context, logger, metrics: {} } as unknown as GatewayGraphQLRequestContext;
}

/** The stock executor hides in an extension what a subgraph left out; a client must see why a field is null. */
function withMissing({ extensions, ...result }: GatewayExecutionResult): GatewayExecutionResult {
  const missing = extensions?.['valueCompletion'] as GraphQLError[] | undefined;
  if (missing === undefined) return result;
  return { ...result, errors: [...(result.errors ?? []), ...missing.slice(0, completionErrorLimit)] };
}
