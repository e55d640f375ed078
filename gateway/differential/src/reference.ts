import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import type { DocumentNode, GraphQLError } from 'graphql';
import type { Arena } from './arena.js';

/** What an executor is given. */
export interface Execution {
  plan: QueryPlan;
  document: DocumentNode;
  variables: Record<string, unknown>;
  services: Readonly<Record<string, GraphQLDataSource>>;
}

/** Most errors that the gateway tells of values which contradict the schema. */
const completionErrors = 20;

/** Runs a plan with the stock executor. */
export async function runReference(
  { graph, api }: Arena,
  { plan, document, variables, services }: Execution,
): Promise<GatewayExecutionResult> {
  const { schema, supergraphSchema } = graph;
  const context = buildOperationContext({ schema, operationDocument: document });
  const request = { request: { variables }, context: {}, logger: console, metrics: {} };
  const result = await executeQueryPlan(
    plan,
    { ...services },
    request as unknown as GatewayGraphQLRequestContext,
    context,
    supergraphSchema,
    api,
  );
  const hidden = result.extensions?.['valueCompletion'] as GraphQLError[] | undefined;
  return { data: result.data, errors: result.errors ?? hidden?.slice(0, completionErrors) };
}
