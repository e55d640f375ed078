import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { OperationContext } from './context.js';
import type { Fetcher } from './fetcher.js';
import type { Graph } from './graph.js';
import { Graphs } from './graphs.js';
import type { SupergraphLife } from '../supergraph/supergraph.js';

/** Runs operations over the supergraph that is loaded now. */
export interface Engine {
  /** What Apollo Server takes for a gateway: queries and mutations run through it. */
  gateway: GatewayInterface;
  /** The graph that new operations run on. @throws before the supergraph is loaded */
  graph(): Graph;
}

/** @param fetcher what the fetches of plans are sent through */
export function createEngine(supergraph: SupergraphLife, fetcher: Fetcher): Engine {
  const graphs = new Graphs(fetcher);
  return {
    graph: () => graphs.current(),
    gateway: {
      onSchemaLoadOrUpdate: (listener) => graphs.listen(listener),
      async stop() {
        supergraph.stop();
        graphs.release();
      },
      async load() {
        await supergraph.load(graphs);
        const executor: GatewayExecutor = (request) =>
          traced(request, () => execute(graphs.validated(request.schema), request));
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
