import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import type { SupergraphWatcher } from '../supergraph/supergraph-watcher.js';
import type { DeniedFields } from './completion/client-operation.js';
import type { Fetcher } from './fetcher.js';
import type { Graph } from './graph.js';
import { type AddSubgraphs, type GraphHooks, GraphManager } from './graph-manager.js';
import { instrumentOperations } from './instrument-operations.js';
import type { OperationContext, OperationRequest } from './operation-context.js';
import type { OperationResult } from './planner/prepared-operation.js';

export interface EngineOptions {
  supergraph: SupergraphWatcher;
  /** Sends the fetches of plans. */
  fetcher: Fetcher;
  addSubgraphs: AddSubgraphs;
  hooks: EngineHooks;
}

/** Decisions about operations that the engine leaves to its owner. */
export interface EngineHooks extends GraphHooks {
  /** The fields of a document that are denied to a caller. */
  deniedFields(graph: Graph, document: DocumentNode, caller: Caller): DeniedFields;
  /** The hash of a trusted document; undefined for any other document. */
  trustedHash?(document: DocumentNode): string | undefined;
}

/** Executes operations on the supergraph that is currently loaded. */
export interface Engine {
  /** The gateway of Apollo Server, which executes queries and mutations through it. */
  gateway: GatewayInterface;
  /** The graph for new operations. @throws before the supergraph is loaded */
  graph(): Graph;
  /** The graph with this API schema. */
  graphFor(schema: GraphQLSchema): Graph;
  /** Executes a query or a mutation of a valid document. A GraphQL error that prevents it is part of the result. */
  run(graph: Graph, operation: OperationRequest): Promise<OperationResult>;
}

export function createEngine({ supergraph, fetcher, addSubgraphs, hooks }: EngineOptions): Engine {
  const graphs = new GraphManager(fetcher, hooks, addSubgraphs);
  const instrument = instrumentOperations(hooks.trustedHash);
  const run: Engine['run'] = (graph, operation) =>
    instrument(operation, (instrumented) => execute(graph, instrumented, hooks));
  return {
    graph: () => graphs.current(),
    graphFor: (schema) => graphs.graphFor(schema),
    run,
    gateway: {
      onSchemaLoadOrUpdate: (listener) => graphs.onSwap(listener),
      async stop() {
        supergraph.stop();
        graphs.release();
      },
      async load() {
        await supergraph.load(graphs);
        return {
          executor: (request) =>
            run(graphs.graphFor(request.schema), operationOf(request)) as Promise<GatewayExecutionResult>,
        };
      },
    },
  };
}

function operationOf({ document, request, context }: GatewayGraphQLRequestContext): OperationRequest {
  const { operationName, variables = {} } = request;
  return { document, operationName, variables, context: context as unknown as OperationContext };
}

async function execute(
  graph: Graph,
  operation: OperationRequest,
  { deniedFields }: EngineHooks,
): Promise<OperationResult> {
  const { document, operationName, context } = operation;
  const errors = graph.validateVariables(operation);
  if (errors.length > 0) return { errors };
  try {
    const prepared = await graph.prepare(document, operationName, deniedFields(graph, document, context.caller));
    return await graph.execute(prepared, operation);
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}
