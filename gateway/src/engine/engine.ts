import type { Closable } from '@marquee/chassis/process/closers';
import { type DocumentNode, GraphQLError } from 'graphql';
import type { SupergraphWatcher } from '../supergraph/supergraph-watcher.js';
import type { Fetcher } from './fetcher.js';
import type { Graph } from './graph.js';
import { type AddSubgraphs, type GraphHooks, GraphManager } from './graph-manager.js';
import { instrumentOperations, startInstrumented } from './instrument-operations.js';
import type { OperationRequest } from './operation-context.js';
import { activeIncrements } from './planner/active-increments.js';
import type { OperationResult } from './planner/prepared-operation.js';
import type { TracedOperation } from './slow-operations.js';
import type { StartedOperation } from './planner/started-operation.js';

export interface EngineOptions {
  supergraph: SupergraphWatcher;
  /** Sends the fetches of plans. */
  fetcher: Fetcher;
  addSubgraphs: AddSubgraphs;
  hooks: EngineHooks;
}

/** Decisions about operations that the engine leaves to its owner. */
export interface EngineHooks extends GraphHooks {
  /** The hash of a trusted document; undefined for any other document. */
  trustedHash?(document: DocumentNode): string | undefined;
  /** Receives the operations of sampled traces when they have ended. */
  onTraced?(traced: TracedOperation): void;
}

/** Executes operations on the supergraph that is currently loaded. */
export interface Engine extends Closable {
  /** The graph for new operations. */
  graph(): Graph;
  /** Executes an admitted query or mutation. A GraphQL error that prevents it is part of the result. */
  run(graph: Graph, operation: OperationRequest): Promise<OperationResult>;
  /**
   * Executes an admitted query or mutation for a client that accepts several results. Later parts, if there are any,
   * must be read to their end or returned.
   */
  start(graph: Graph, operation: OperationRequest): Promise<StartedOperation>;
  /** Calls a listener for every graph that becomes the current one. Returns a function that removes the listener. */
  onGraphChange(listener: () => void): () => void;
}

/** Loads the supergraph. @throws SettingsError if it cannot be loaded */
export async function openEngine({ supergraph, fetcher, addSubgraphs, hooks }: EngineOptions): Promise<Engine> {
  const graphs = new GraphManager(fetcher, hooks, addSubgraphs);
  const instrument = instrumentOperations(hooks.trustedHash, hooks.onTraced);
  await supergraph.load(graphs);
  return {
    graph: () => graphs.current(),
    run: (graph, operation) => instrument(operation, (instrumented) => execute(graph, instrumented)),
    start: (graph, operation) => startInstrumented(instrument, operation, (instrumented) => start(graph, instrumented)),
    onGraphChange: (listener) => graphs.onSwap(listener),
    close() {
      supergraph.stop();
      graphs.release();
    },
  };
}

async function execute(graph: Graph, operation: OperationRequest): Promise<OperationResult> {
  try {
    const { document, operationName, deniedFields, activeLabels, context } = operation;
    const prepared = await graph.prepare(
      document,
      operationName,
      deniedFields,
      context.origin,
      undefined,
      activeLabels,
    );
    return await graph.execute(prepared, operation);
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

async function start(graph: Graph, operation: OperationRequest): Promise<StartedOperation> {
  const { document, operationName, deniedFields, activeLabels } = operation;
  try {
    // An execution that ends with its first error has one result.
    const increments = operation.onError === 'HALT' ? undefined : activeIncrements(operation);
    if (!increments) return { result: await execute(graph, operation) };
    const { origin } = operation.context;
    const prepared = await graph.prepare(document, operationName, deniedFields, origin, increments, activeLabels);
    return await graph.start(prepared, operation);
  } catch (error) {
    if (error instanceof GraphQLError) return { result: { errors: [error] } };
    throw error;
  }
}
