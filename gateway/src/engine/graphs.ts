import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { SupergraphUser } from '../supergraph/supergraph.js';
import type { Fetcher } from './fetcher.js';
import { createGraph, type Graph, type PlanFaults } from './graph.js';
import type { LoadedPlanning } from './planner/planning.js';
import type { HotOperation } from './preparations.js';

type Listener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

/** What graphs keep to, and others decide. */
export interface GraphRules {
  /** What keeps a plan from being run. */
  planFaults: PlanFaults;
  /** Reads a text against a graph; the same document for the same text from then on. */
  read(graph: Graph, text: string): ReadAgainst | Promise<ReadAgainst>;
}

interface ReadAgainst {
  document: DocumentNode;
  /** What keeps it from being run at all. */
  faults: readonly unknown[];
}

/** Most operations that are prepared on another supergraph before it counts. */
const warmOperations = 200;

/** The graph that new operations run on, and those before it while requests that began with them last. */
export class Graphs implements SupergraphUser {
  readonly #listeners = new Set<Listener>();
  readonly #bySchema = new WeakMap<GraphQLSchema, Graph>();
  readonly #byPlanning = new WeakMap<LoadedPlanning, Graph>();
  #current: { planning: LoadedPlanning; graph: Graph } | undefined;

  constructor(
    private readonly fetcher: Fetcher,
    private readonly rules: GraphRules,
  ) {}

  /** @throws before a supergraph is loaded */
  current(): Graph {
    if (this.#current) return this.#current.graph;
    throw new Error('The supergraph is not loaded.');
  }

  /** A request finishes on the graph that it was validated against. */
  validated(schema: GraphQLSchema): Graph {
    return this.#bySchema.get(schema) ?? this.current();
  }

  /** Hears of every graph that comes to count. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One after the other: the thread plans one at a time, and nobody waits for these. */
  async warmUp(planning: LoadedPlanning): Promise<void> {
    const graph = this.#graphOver(planning);
    for (const operation of this.#current?.graph.hottest(warmOperations) ?? [])
      // What is not in the new graph any more cannot be planned.
      await this.#prepare(graph, operation).catch(() => undefined);
  }

  swap(planning: LoadedPlanning): void {
    const last = this.#current;
    const graph = this.#graphOver(planning);
    this.#current = { planning, graph };
    this.#bySchema.set(planning.schema, graph);
    for (const listener of this.#listeners) listener({ apiSchema: planning.schema, coreSupergraphSdl: planning.sdl });
    last?.planning.release();
  }

  release(): void {
    this.#current?.planning.release();
  }

  #graphOver(planning: LoadedPlanning): Graph {
    const known = this.#byPlanning.get(planning) ?? createGraph(planning, this.fetcher, this.rules.planFaults);
    this.#byPlanning.set(planning, known);
    return known;
  }

  /** As for the first client who sends it, so that everything is there for the next. */
  async #prepare(graph: Graph, { document, operationName }: HotOperation): Promise<void> {
    const text = document.loc?.source.body;
    const read = text === undefined ? undefined : await this.rules.read(graph, text);
    if (read?.faults.length === 0) await graph.prepare(read.document, operationName);
  }
}
