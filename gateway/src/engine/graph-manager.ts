import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { DocumentNode } from 'graphql';
import type { SupergraphListener } from '../supergraph/supergraph-watcher.js';
import type { WorkOrigin } from './fair-queue.js';
import type { Fetcher } from './fetcher.js';
import { createGraph, type Graph, type GraphRules } from './graph.js';
import type { Subgraph } from './planner/planner-messages.js';
import type { CachedOperation } from './planner/prepared-operation-cache.js';
import { openThreadedPlanner, type ThreadedPlanner } from './planner/threaded-planner.js';

/** Decisions about documents and plans that the engine leaves to its owner. */
export interface GraphHooks extends Partial<GraphRules> {
  /** Parses and validates the text of a document. Equal texts must yield the same document. */
  loadDocument(graph: Graph, text: string, origin?: WorkOrigin): LoadedDocument | Promise<LoadedDocument>;
}

interface LoadedDocument {
  document: DocumentNode;
  /** Errors that make the document invalid. */
  errors: readonly unknown[];
}

/** Receives the subgraphs of a supergraph before it is used. @throws to reject the supergraph */
export type AddSubgraphs = (subgraphs: readonly Subgraph[]) => void;

/** Maximum of operations that are prepared on a new supergraph before it is used. */
const maxWarmedOperations = 200;

/** Owns the graph for new operations. Earlier graphs live on while operations that started on them run. */
export class GraphManager implements SupergraphListener {
  readonly #listeners = new Set<() => void>();
  readonly #byPlanner = new WeakMap<ThreadedPlanner, Graph>();
  #current: { planner: ThreadedPlanner; graph: Graph } | undefined;

  constructor(
    private readonly fetcher: Fetcher,
    private readonly hooks: GraphHooks,
    private readonly addSubgraphs: AddSubgraphs,
  ) {}

  /** @throws before a supergraph is loaded */
  current(): Graph {
    if (this.#current) return this.#current.graph;
    throw new Error('The supergraph is not loaded.');
  }

  /** Calls a listener for every graph that becomes the current one. Returns a function that removes the listener. */
  onSwap(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async load(sdl: string): Promise<void> {
    const planner = await openThreadedPlanner(sdl);
    try {
      await this.warmUp(planner);
      this.addSubgraphs(planner.subgraphs);
      this.swap(planner);
    } catch (error) {
      planner.release();
      throw error;
    }
  }

  /** Prepares the most used operations on a new supergraph. Sequentially, as its thread plans one at a time anyway. */
  async warmUp(planner: ThreadedPlanner): Promise<void> {
    const graph = this.#graphOver(planner);
    for (const operation of this.#current?.graph.mostUsed(maxWarmedOperations) ?? [])
      // An operation that is invalid on the new supergraph cannot be planned.
      await this.#prepare(graph, operation).catch(() => undefined);
  }

  /** Makes a supergraph the current one. */
  swap(planner: ThreadedPlanner): void {
    const last = this.#current;
    const graph = this.#graphOver(planner);
    this.#current = { planner, graph };
    for (const listener of this.#listeners) listener();
    last?.planner.release();
  }

  release(): void {
    this.#current?.planner.release();
  }

  #graphOver(planner: ThreadedPlanner): Graph {
    return getOrCreate(this.#byPlanner, planner, () => createGraph(planner, this.fetcher, this.hooks));
  }

  /** Loads the document as a client's request would, so that all caches are filled. */
  async #prepare(
    graph: Graph,
    { document, operationName, increments, activeLabels = [] }: CachedOperation,
  ): Promise<void> {
    const text = document.loc?.source.body;
    const loaded = text === undefined ? undefined : await this.hooks.loadDocument(graph, text);
    if (loaded?.errors.length !== 0) return;
    const known = new Set(graph.labelsIn(loaded.document));
    const labels = activeLabels.filter((label) => known.has(label));
    await graph.prepare(loaded.document, operationName, undefined, undefined, increments, labels);
  }
}
