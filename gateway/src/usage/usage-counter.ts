/**
 * Counts the use of the schema per client in memory. The coordinates of an operation are determined once per document;
 * counting only increments numbers. Memory is bounded by the number of coordinates and of clients, not of operations:
 * the numbers of a document live as long as the document itself, which the cache of documents bounds.
 */
import type { ClientUsage } from '@marquee/chassis/graphql/usage-report';
import { usedCoordinates } from '@marquee/chassis/graphql/schema-coordinates';
import { type OperationDefinitionNode, separateOperations } from 'graphql';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import { tokenClientOf } from '../identity/token-client.js';
import { ClientRows } from './client-rows.js';

/** Counts an operation. */
export type CountUsage = (operation: AdmittedOperation) => void;

export class UsageCounter {
  /** The numbers of the coordinates that an operation uses. */
  readonly #operations = new WeakMap<OperationDefinitionNode, Uint32Array>();
  readonly #numbers = new Map<string, number>();
  #rows = new ClientRows();

  /** Returns a function that counts the operations on a graph. */
  countsOf(graph: string): CountUsage {
    return (operation) => {
      const { definition, context } = operation;
      const used = this.#operations.get(definition) ?? this.#prepare(operation);
      const row = this.#rows.find(graph, context.origin?.client, tokenClientOf(context.caller));
      row.operations += 1;
      if (row.counts.length < this.#numbers.size) row.counts = grown(row.counts, this.#numbers.size);
      const { counts } = row;
      for (const number of used) counts[number] = (counts[number] ?? 0) + 1;
    };
  }

  /** Returns the counts since the last call, and starts again from zero. */
  take(): ClientUsage[] {
    const rows = this.#rows;
    this.#rows = new ClientRows();
    const coordinates = [...this.#numbers.keys()];
    return [...rows.values()].map(({ counts, ...client }) => ({ ...client, uses: usesIn(counts, coordinates) }));
  }

  #prepare({ document, definition, graph }: AdmittedOperation): Uint32Array {
    // Other operations in the same document, and their fragments, are not used.
    const own = document.definitions.length > 1 ? separateOperations(document)[definition.name?.value ?? ''] : document;
    const used = usedCoordinates(own ?? document, graph.schema);
    const numbers = Uint32Array.from(used, (coordinate) => this.#numberOf(coordinate));
    this.#operations.set(definition, numbers);
    return numbers;
  }

  #numberOf(coordinate: string): number {
    const number = this.#numbers.get(coordinate) ?? this.#numbers.size;
    this.#numbers.set(coordinate, number);
    return number;
  }
}

/** Twice the length, since a new gateway learns coordinates with every new document. */
function grown(counts: Uint32Array, length: number): Uint32Array {
  const larger = new Uint32Array(Math.max(64, length * 2));
  larger.set(counts);
  return larger;
}

function usesIn(counts: Uint32Array, coordinates: readonly string[]): Record<string, number> {
  const used = coordinates.map((coordinate, number) => [coordinate, counts[number] ?? 0] as const);
  return Object.fromEntries(used.filter(([, count]) => count > 0));
}
