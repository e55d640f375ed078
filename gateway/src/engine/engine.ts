import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { GraphQLError } from 'graphql';

/** Most errors that one operation tells of values which a subgraph left out against its schema. */
const completionErrorLimit = 20;

/**
 * The one place where plans are executed. Today the stock executor of @apollo/gateway runs them;
 * whatever replaces it stands behind the same function.
 */
export function createEngine(supergraph: GatewayInterface): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (listener) => supergraph.onSchemaLoadOrUpdate(listener),
    stop: () => supergraph.stop(),
    async load(options) {
      const { executor } = await supergraph.load(options);
      if (executor === null) throw new Error('The supergraph was loaded without an executor.');
      return { executor: (request) => traced(request, () => execute(executor, request)) };
    },
  };
}

async function execute(
  executor: GatewayExecutor,
  request: GatewayGraphQLRequestContext,
): Promise<GatewayExecutionResult> {
  const { extensions, ...result } = await executor(request);
  const missing = extensions?.['valueCompletion'] as GraphQLError[] | undefined;
  if (missing === undefined) return result;
  // The stock executor hides these in an extension; a client must see why a field is null.
  return { ...result, errors: [...(result.errors ?? []), ...missing.slice(0, completionErrorLimit)] };
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
