import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import type { OperationContext } from './context.js';
import type { Fetcher } from './fetcher.js';
import type { Graph, PlanFaults } from './graph.js';
import { Graphs } from './graphs.js';
import type { Refused } from './shape/operation.js';
import type { SupergraphLife } from '../supergraph/supergraph.js';

/** What the engine keeps to, and others decide. */
export interface EngineRules {
  /** What keeps a plan from being run. */
  planFaults: PlanFaults;
  /** The fields of a document that a caller may not have. */
  refused(graph: Graph, document: DocumentNode, caller: Caller): Refused;
}

/** Runs operations over the supergraph that is loaded now. */
export interface Engine {
  /** What Apollo Server takes for a gateway: queries and mutations run through it. */
  gateway: GatewayInterface;
  /** The graph that new operations run on. @throws before the supergraph is loaded */
  graph(): Graph;
  /** The graph that clients see by this schema. */
  graphOf(schema: GraphQLSchema): Graph;
}

/** @param fetcher what the fetches of plans are sent through */
export function createEngine(supergraph: SupergraphLife, fetcher: Fetcher, rules: EngineRules): Engine {
  const graphs = new Graphs(fetcher, rules.planFaults);
  return {
    graph: () => graphs.current(),
    graphOf: (schema) => graphs.validated(schema),
    gateway: {
      onSchemaLoadOrUpdate: (listener) => graphs.listen(listener),
      async stop() {
        supergraph.stop();
        graphs.release();
      },
      async load() {
        await supergraph.load(graphs);
        const executor: GatewayExecutor = (request) =>
          traced(request, () => execute(graphs.validated(request.schema), request, rules));
        return { executor };
      },
    },
  };
}

async function execute(
  graph: Graph,
  { document, request, context }: GatewayGraphQLRequestContext,
  { refused }: EngineRules,
): Promise<GatewayExecutionResult> {
  const { operationName, variables = {} } = request;
  const operation = { document, operationName, variables, context: context as unknown as OperationContext };
  const faults = graph.variableFaults(operation);
  if (faults.length > 0) return { errors: faults };
  try {
    const hidden = refused(graph, document, operation.context.caller);
    const prepared = await graph.prepare(document, operationName, hidden);
    return (await graph.execute(prepared, operation)) as GatewayExecutionResult;
  } catch (failure) {
    if (failure instanceof GraphQLError) return { errors: [failure] };
    throw failure;
  }
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
