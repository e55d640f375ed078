import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { GraphQLSchema } from 'graphql';
import type { SupergraphUser } from '../supergraph/supergraph.js';
import type { Fetcher } from './fetcher.js';
import { createGraph, type Graph, type PlanFaults } from './graph.js';
import type { LoadedPlanning } from './planner/planning.js';

type Listener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

/** Most operations that another supergraph is planned for before it counts. */
const warmOperations = 200;

/** The graph that new operations run on, and those before it while requests that began with them last. */
export class Graphs implements SupergraphUser {
  readonly #listeners = new Set<Listener>();
  readonly #bySchema = new WeakMap<GraphQLSchema, Graph>();
  #current: { planning: LoadedPlanning; graph: Graph } | undefined;

  constructor(
    private readonly fetcher: Fetcher,
    private readonly planFaults: PlanFaults,
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
    for (const { document, operationName } of this.#current?.graph.hottest(warmOperations) ?? [])
      // What is not in the new graph any more cannot be planned.
      await planning.plan(document, operationName).catch(() => undefined);
  }

  swap(planning: LoadedPlanning): void {
    const last = this.#current;
    const graph = createGraph(planning, this.fetcher, this.planFaults);
    this.#current = { planning, graph };
    this.#bySchema.set(planning.schema, graph);
    for (const listener of this.#listeners) listener({ apiSchema: planning.schema, coreSupergraphSdl: planning.sdl });
    last?.planning.release();
  }

  release(): void {
    this.#current?.planning.release();
  }
}
