import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Prepared } from './prepared.js';
import type { Refused } from './shape/operation.js';

/** One of the operations that are asked for most. */
export interface HotOperation {
  document: DocumentNode;
  operationName: string | undefined;
}

/** Prepared operations. They live as long as the parsed document that they are of, which its owner bounds. */
export interface Preparations {
  /** What is prepared already, or comes to be; it is made once however many wait for it. */
  get(operation: HotOperation, refused: Refused, prepare: () => Promise<Prepared>): Promise<Prepared>;
  /** The operations that were asked for most, most first, without those that nobody asked for again. */
  hottest(limit: number): HotOperation[];
}

/** Most operations of one document that are kept: it may have several, and each for callers with other rights. */
const perDocument = 32;

/** Most operations whose use is counted. */
const counted = 1000;

export function createPreparations(): Preparations {
  const documents = new WeakMap<DocumentNode, LRUCache<string, Promise<Prepared>>>();
  const hits = new LRUCache<string, HotOperation & { hits: number }>({ max: counted });
  return {
    get(operation, refused, prepare) {
      count(operation);
      const kept = documents.get(operation.document) ?? new LRUCache<string, Promise<Prepared>>({ max: perDocument });
      documents.set(operation.document, kept);
      const key = `${operation.operationName ?? ''} ${keyOf(refused)}`;
      const known = kept.get(key);
      if (known) return known;
      const fresh = prepare();
      kept.set(key, fresh);
      // What failed may succeed at another time.
      fresh.catch(() => kept.delete(key));
      return fresh;
    },
    hottest: (limit) =>
      [...hits.values()]
        .filter((one) => one.hits > 1)
        .toSorted((one, other) => other.hits - one.hits)
        .slice(0, limit)
        .map(({ document, operationName }) => ({ document, operationName })),
  };

  function count({ document, operationName }: HotOperation): void {
    const key = `${numberOf(document)} ${operationName ?? ''}`;
    const found = hits.get(key);
    if (found) found.hits += 1;
    else hits.set(key, { document, operationName, hits: 1 });
  }
}

const keys = new WeakMap<Refused, string>();

function keyOf(refused: Refused): string {
  const known = keys.get(refused) ?? [...refused].map(([node, code]) => `${numberOf(node)}${code}`).join();
  keys.set(refused, known);
  return known;
}

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** Tells nodes apart. */
function numberOf(node: object): number {
  const known = numbers.get(node) ?? ++lastNumber;
  numbers.set(node, known);
  return known;
}
