import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { GraphQLSchema } from 'graphql';
import type { OperationContext } from './context.js';
import type { Fetcher } from './fetcher.js';
import { createGraph, type Graph } from './graph.js';
import { planningOver } from './planning.js';

/** Runs operations over the supergraph that is loaded now. */
export interface Engine {
  /** What Apollo Server takes for a gateway: queries and mutations run through it. */
  gateway: GatewayInterface;
  /** The graph that new operations run on. @throws before the supergraph is loaded */
  graph(): Graph;
}

/**
 * @param supergraph owns the supergraph's life; its executor is not used
 * @param fetcher what the fetches of plans are sent through
 */
export function createEngine(supergraph: GatewayInterface, fetcher: Fetcher): Engine {
  let current: Graph | undefined;
  const graph = (): Graph => {
    if (current) return current;
    throw new Error('The supergraph is not loaded.');
  };
  // A request finishes on the graph that it was validated against.
  const graphs = new WeakMap<GraphQLSchema, Graph>();
  supergraph.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    current = createGraph(planningOver(coreSupergraphSdl), fetcher);
    graphs.set(apiSchema, current);
  });
  return {
    graph,
    gateway: {
      onSchemaLoadOrUpdate: (listener) => supergraph.onSchemaLoadOrUpdate(listener),
      stop: () => supergraph.stop(),
      async load(options) {
        await supergraph.load(options);
        const executor: GatewayExecutor = (request) =>
          traced(request, () => execute(graphs.get(request.schema) ?? graph(), request));
        return { executor };
      },
    },
  };
}

async function execute(
  graph: Graph,
  { document, request, context }: GatewayGraphQLRequestContext,
): Promise<GatewayExecutionResult> {
  const { operationName, variables = {} } = request;
  const operation = { document, operationName, variables, context: context as unknown as OperationContext };
  const faults = graph.variableFaults(operation);
  if (faults.length > 0) return { errors: faults };
  return graph.execute(await graph.prepare(document, operationName), operation) as Promise<GatewayExecutionResult>;
}

function traced(
  { operation, operationName }: GatewayGraphQLRequestContext,
  work: () => Promise<GatewayExecutionResult>,
): Promise<GatewayExecutionResult> {
  const attributes = {
    'graphql.operation.type': operation.operation,
    ...(operationName !== null && { 'graphql.operation.name': operationName }),
  };
  return trace
    .getTracer('marquee')
    .startActiveSpan(`graphql ${operation.operation}`, { attributes }, async (span) => ended(span, work));
}

async function ended(span: Span, work: () => Promise<GatewayExecutionResult>): Promise<GatewayExecutionResult> {
  try {
    const result = await work();
    if (result.errors) span.setStatus({ code: SpanStatusCode.ERROR });
    return result;
  } finally {
    span.end();
  }
}
