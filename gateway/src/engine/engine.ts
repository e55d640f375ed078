import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import type { OperationContext } from './context.js';
import type { Fetcher } from './fetcher.js';
import type { Graph, RunningOperation } from './graph.js';
import { type GraphRules, Graphs } from './graphs.js';
import type { Result } from './prepared.js';
import type { Refused } from './shape/operation.js';
import { watchOperations } from './watching.js';
import type { SupergraphLife } from '../supergraph/supergraph.js';

/** What the engine keeps to, and others decide. */
export interface EngineRules extends GraphRules {
  /** The fields of a document that a caller may not have. */
  refused(graph: Graph, document: DocumentNode, caller: Caller): Refused;
  /** What a document is known by that was registered before anyone asked for it. */
  trustedHash?(document: DocumentNode): string | undefined;
}

/** Runs operations over the supergraph that is loaded now. */
export interface Engine {
  /** What Apollo Server takes for a gateway: queries and mutations run through it. */
  gateway: GatewayInterface;
  /** The graph that new operations run on. @throws before the supergraph is loaded */
  graph(): Graph;
  /** The graph that clients see by this schema. */
  graphOf(schema: GraphQLSchema): Graph;
  /** Runs a query or a mutation of a document that was found right. What keeps it from running is in the result. */
  run(graph: Graph, operation: RunningOperation): Promise<Result>;
}

/** @param fetcher what the fetches of plans are sent through */
export function createEngine(supergraph: SupergraphLife, fetcher: Fetcher, rules: EngineRules): Engine {
  const graphs = new Graphs(fetcher, rules);
  const watch = watchOperations(rules.trustedHash);
  const run: Engine['run'] = (graph, operation) => watch(operation, (watched) => execute(graph, watched, rules));
  return {
    graph: () => graphs.current(),
    graphOf: (schema) => graphs.validated(schema),
    run,
    gateway: {
      onSchemaLoadOrUpdate: (listener) => graphs.listen(listener),
      async stop() {
        supergraph.stop();
        graphs.release();
      },
      async load() {
        await supergraph.load(graphs);
        return {
          executor: (request) =>
            run(graphs.validated(request.schema), operationOf(request)) as Promise<GatewayExecutionResult>,
        };
      },
    },
  };
}

function operationOf({ document, request, context }: GatewayGraphQLRequestContext): RunningOperation {
  const { operationName, variables = {} } = request;
  return { document, operationName, variables, context: context as unknown as OperationContext };
}

async function execute(graph: Graph, operation: RunningOperation, { refused }: EngineRules): Promise<Result> {
  const { document, operationName, context } = operation;
  const faults = graph.variableFaults(operation);
  if (faults.length > 0) return { errors: faults };
  try {
    const prepared = await graph.prepare(document, operationName, refused(graph, document, context.caller));
    return await graph.execute(prepared, operation);
  } catch (failure) {
    if (failure instanceof GraphQLError) return { errors: [failure] };
    throw failure;
  }
}
