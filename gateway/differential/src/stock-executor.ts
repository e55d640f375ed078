import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type DocumentNode, getOperationAST } from 'graphql';
import type { Fetcher, SubgraphRequest, SubgraphResponse } from '@marquee/gateway/engine/fetcher';
import type { OperationRequest } from '@marquee/gateway/engine/operation-context';

/** The executor of `@apollo/gateway`, the reference for the engine. */
export interface StockExecutor {
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan;
  /** @param event for a subscription, the event that its subgraph sent */
  run(
    plan: QueryPlan,
    operation: OperationRequest,
    fetcher: Fetcher,
    event?: SubgraphResponse,
  ): Promise<GatewayExecutionResult>;
}

/** @param sdl of a supergraph */
export function createStockExecutor(sdl: string): StockExecutor {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const planner = new QueryPlanner(supergraph);
  const api = supergraph.apiSchema();
  const [schema, supergraphSchema] = [api.toGraphQLJSSchema(), supergraph.schema.toGraphQLJSSchema()];
  return {
    plan: (document, name) =>
      planner.buildQueryPlan(operationFromDocument(api, document, name === undefined ? {} : { operationName: name })),
    run(plan, operation, fetcher, event) {
      const { document: operationDocument, operationName } = operation;
      const named = operationName === undefined ? {} : { operationName };
      const context = buildOperationContext({ schema, operationDocument, ...named });
      const services = new Proxy(
        {},
        { get: (_, name) => serviceOf(String(name), { fetcher, operation, event: structuredClone(event) }) },
      );
      return executeQueryPlan(
        withoutSubscription(plan),
        services,
        requestOf(operation),
        context,
        supergraphSchema,
        api,
      );
    },
  };
}

/** The name of the service that stands for the event in a plan. No subgraph can have this name. */
const eventService = '(event)';

interface ServiceOptions {
  fetcher: Fetcher;
  operation: OperationRequest;
  event: SubgraphResponse | undefined;
}

/** The stock executor rejects subscriptions, so the event becomes the response of a service of its own. */
function withoutSubscription({ kind, node }: QueryPlan): QueryPlan {
  if (node?.kind !== 'Subscription') return { kind, ...(node && { node }) };
  const event = { ...node.primary, serviceName: eventService };
  return { kind, node: node.rest ? { kind: 'Sequence', nodes: [event, node.rest] } : event };
}

function serviceOf(name: string, { fetcher, operation, event }: ServiceOptions): GraphQLDataSource {
  return {
    async process({ request: { query = '', operationName, variables = {} } }): Promise<never> {
      if (name === eventService) return event as never;
      const request = { query, operationName, kind: kindOf(operation), ...extrasOf(query, variables) };
      return fetcher.fetch(name, request, operation.context) as never;
    },
  };
}

function extrasOf(query: string, variables: Record<string, unknown>): Pick<SubgraphRequest, 'body' | 'entities'> {
  const representations = variables['representations'];
  return {
    body: JSON.stringify({ query, variables }),
    entities: Array.isArray(representations)
      ? [{ name: '_entities', representations: representations.map((one) => JSON.stringify(one)) }]
      : [],
  };
}

function kindOf({ document, operationName }: OperationRequest): SubgraphRequest['kind'] {
  return getOperationAST(document, operationName)?.operation ?? 'query';
}

/** The parts of an Apollo Server request that the stock executor reads. */
function requestOf({ variables, context }: OperationRequest): GatewayGraphQLRequestContext {
  return { request: { variables }, context, metrics: {} } as unknown as GatewayGraphQLRequestContext;
}
