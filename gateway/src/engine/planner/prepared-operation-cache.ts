import { getOrCreate, memoizeWeak } from '@marquee/chassis/caching/memoize';
import { SegmentedCache } from '@marquee/chassis/caching/segmented-cache';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ActiveLabels, DeniedFields } from '../operation-context.js';
import type { WorkOrigin } from '../fair-queue.js';
import { Requesters } from '../requesters.js';
import type { ActiveIncrements } from './active-increments.js';
import type { PreparedOperation } from './prepared-operation.js';

export interface CachedOperation {
  document: DocumentNode;
  operationName: string | undefined;
  /** For an operation with several results. */
  increments?: ActiveIncrements | undefined;
  /** For an operation that meets labels of progressive overrides. */
  activeLabels?: ActiveLabels;
}

/** Caches prepared operations for the lifetime of their parsed documents. The document loader bounds their number. */
export interface PreparedOperationCache {
  /**
   * The prepared operation. Concurrent calls share one preparation; a failed one is not cached.
   * @param origin who needs it; the gateway itself if it is undefined
   */
  get(
    operation: CachedOperation,
    denied: DeniedFields,
    origin: WorkOrigin | undefined,
    prepare: (requesters: Requesters) => Promise<PreparedOperation>,
  ): Promise<PreparedOperation>;
  /** The operations that were used most and at least twice, the most used first. */
  mostUsed(limit: number): CachedOperation[];
}

/** Maximum of prepared operations per document: for its operation names, denied fields, `@defer`, and active labels. */
const maxPerDocument = 32;

/**
 * Bounds of the operations whose uses are counted: those used once, and those used again. The size is that of their
 * texts.
 */
const countedLimits = { onTrial: 500, kept: 1000, maxSize: 4 * 1024 * 1024 };

type DocumentCache = LRUCache<string, Promise<PreparedOperation>>;

type CountedOperation = CachedOperation & { count: number };

export function createPreparedOperationCache(): PreparedOperationCache {
  const byDocument = new WeakMap<DocumentNode, DocumentCache>();
  const uses = createUseCounter();
  const inPreparation = new Map<Promise<PreparedOperation>, Requesters>();
  return {
    mostUsed: uses.mostUsed,
    get(operation, denied, origin, prepare) {
      uses.count(operation);
      const cache = getOrCreate(byDocument, operation.document, createDocumentCache);
      const key = `${operation.operationName ?? ''} ${operation.increments?.key ?? ''} ${operation.activeLabels?.join(' ') ?? ''} ${keyOf(denied)}`;
      // Without `getOrCreate`, which would need a new closure for every operation.
      const known = cache.get(key);
      if (known) {
        if (inPreparation.size > 0) inPreparation.get(known)?.add(origin);
        return known;
      }
      const requesters = new Requesters(origin);
      const fresh = prepare(requesters);
      cache.set(key, fresh);
      inPreparation.set(fresh, requesters);
      // A failure may be temporary.
      void fresh.catch(() => cache.delete(key)).finally(() => inPreparation.delete(fresh));
      return fresh;
    },
  };
}

function createUseCounter() {
  const uses = new SegmentedCache<string, CountedOperation>(countedLimits, sizeOf);
  return {
    count({ document, operationName, increments, activeLabels = [] }: CachedOperation): void {
      const key = `${idOf(document)} ${operationName ?? ''} ${increments?.key ?? ''} ${activeLabels.join(' ')}`;
      const known = uses.get(key);
      if (known) known.count += 1;
      else uses.set(key, { document, operationName, increments, activeLabels, count: 1 });
    },
    mostUsed: (limit: number): CachedOperation[] =>
      [...uses.values()]
        .filter(({ count }) => count > 1)
        .toSorted((one, other) => other.count - one.count)
        .slice(0, limit)
        .map(({ count: _, ...operation }) => operation),
  };
}

/** A document keeps its text. */
function sizeOf({ document }: CountedOperation): number {
  return 1 + (document.loc?.source.body.length ?? 0);
}

function createDocumentCache(): DocumentCache {
  return new LRUCache({ max: maxPerDocument });
}

/** Responses contain the message of a denial, which depends on the condition that the caller does not fulfil. */
const keyOf = memoizeWeak((denied: DeniedFields) =>
  [...denied].map(([node, { code, message }]) => `${idOf(node)}${code} ${message}`).join(),
);

let lastId = 0;

/** A number that identifies a node of a parsed document. */
const idOf = memoizeWeak(() => ++lastId);
