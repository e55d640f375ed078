import { invalidRequest } from '@marquee/chassis/errors/errors';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { SegmentedCache, type SegmentedCacheLimits } from '@marquee/chassis/caching/segmented-cache';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import type { GatewaySettings } from '../../config.js';
import type { WorkOrigin } from '../../engine/fair-queue.js';
import { operationsOf } from '../../engine/document-definitions.js';
import type { Graph } from '../../engine/graph.js';
import { Requesters } from '../../engine/requesters.js';
import { type DocumentSize, FragmentCycleError, measureDocument } from '../limits/document-size.js';
import { estimateFetches } from '../limits/fetch-estimate.js';
import { countOverlaps } from '../limits/field-overlaps.js';
import { documentTooLong, fetchLimitExceeded, fragmentCycle, sizeLimitExceeded, tooManyOverlaps } from '../refusals.js';
import { conditionErrors } from '../subscription-rules.js';

/** A document, parsed, measured and validated once for all clients that send it. */
export interface LoadedDocument {
  /** `{ __typename }` if there are errors. */
  document: DocumentNode;
  /** Why the document cannot run, whatever its variables are, or cannot be loaded at the moment. */
  errors: readonly GraphQLError[];
  /** Whether the errors depend on the schema, and may name its elements. */
  dependsOnSchema?: boolean;
}

/** @param origin who needs the document: new ones are loaded in fair turns */
export type DocumentLoader = (
  graph: Graph,
  text: string,
  origin?: WorkOrigin,
) => LoadedDocument | Promise<LoadedDocument>;

export type SizeLimits = Pick<
  GatewaySettings,
  'GUARD_FETCHES' | 'GUARD_TOKENS' | 'GUARD_DEPTH' | 'GUARD_ALIASES' | 'GUARD_ROOT_FIELDS' | 'GUARD_DIRECTIVES'
>;

export interface DocumentLoaderOptions {
  /** Called once for every valid document. */
  onValid?: (document: DocumentNode, text: string) => void;
  /** Removes from the errors what callers may not see. */
  disclose?: (errors: readonly GraphQLError[]) => readonly GraphQLError[];
  bounds?: SegmentedCacheLimits;
}

/**
 * Bounds of the cache of one graph. The size is the number of characters; a parsed document takes up to 150 times its
 * text.
 */
const cacheLimits = { onTrial: 500, kept: 2_000, maxSize: 384 * 1024 };

/** Maximum characters of a document. A WebSocket accepts no longer message. */
const maxCharacters = 64 * 1024;

/** Pairs of fields with the same response path; validation compares each pair. */
const overlapLimit = 5_000;

/**
 * Loads documents for a graph. A document that is too large is refused before it is validated. New documents take turns
 * on the event loop, so that a hundred of them do not delay one that is cached. A refused document is not cached: any
 * number of them cannot evict a document that clients use.
 */
export function createDocumentLoader(limits: SizeLimits, options: DocumentLoaderOptions = {}): DocumentLoader {
  const { onValid, disclose = (errors) => errors, bounds = cacheLimits } = options;
  const caches = new WeakMap<Graph, DocumentCache>();
  return (graph, text, origin) => {
    const cache = getOrCreate(caches, graph, () => createCache(bounds));
    return cache.loaded.get(text) ?? join(text, cache, origin) ?? begin(graph, text, cache, origin);
  };

  function begin(graph: Graph, text: string, { loaded, loading }: DocumentCache, origin: WorkOrigin | undefined) {
    const requesters = new Requesters(origin);
    const result = load(graph, text, limits, requesters)
      .catch(refusedLoading)
      .then((document) => {
        if (document.errors.length > 0) return { ...document, errors: disclose(document.errors) };
        onValid?.(document.document, text);
        loaded.set(text, document);
        return document;
      });
    loading.set(text, { requesters, result });
    return result.finally(() => loading.delete(text));
  }
}

interface DocumentCache {
  loaded: SegmentedCache<string, LoadedDocument>;
  /** Requests with the same new document share one result. */
  loading: Map<string, { requesters: Requesters; result: Promise<LoadedDocument> }>;
}

function createCache(bounds: SegmentedCacheLimits): DocumentCache {
  return { loaded: new SegmentedCache(bounds, (_, text) => text.length + 1), loading: new Map() };
}

function join(text: string, { loading }: DocumentCache, origin: WorkOrigin | undefined) {
  const entry = loading.get(text);
  entry?.requesters.add(origin);
  return entry?.result;
}

async function load(graph: Graph, text: string, limits: SizeLimits, requesters: Requesters): Promise<LoadedDocument> {
  await graph.throttle.nextSlot(requesters);
  const parsed = parseWithin(text, limits);
  if (parsed.errors.length > 0) return parsed;
  const invalid = await graph.validate(parsed.document, requesters);
  const errors = invalid.length > 0 ? invalid : fetchErrors(graph, parsed.document, limits);
  return { document: errors.length > 0 ? placeholder : parsed.document, errors, dependsOnSchema: errors.length > 0 };
}

/** Loading has a limit of its own: of new documents that wait. @throws every error that is not a refusal */
function refusedLoading(error: unknown): LoadedDocument {
  if (error instanceof GraphQLError) return { document: placeholder, errors: [error] };
  throw error;
}

/** Refuses an operation that certainly needs too many fetches before it is planned. */
function fetchErrors(graph: Graph, document: DocumentNode, { GUARD_FETCHES: limit }: SizeLimits): GraphQLError[] {
  return operationsOf(document)
    .map((operation) => estimateFetches(graph.supergraphSchema, document, operation))
    .filter((fetches) => fetches > limit)
    .slice(0, 1)
    .map((fetches) => fetchLimitExceeded(limit, fetches));
}

const placeholder = parse('{ __typename }', { noLocation: true });

/** Parses a document and applies the rules that need no schema. */
function parseWithin(text: string, limits: SizeLimits): LoadedDocument {
  if (text.length > maxCharacters) return { document: placeholder, errors: [documentTooLong(maxCharacters)] };
  try {
    const document = parse(text, { maxTokens: limits.GUARD_TOKENS });
    const violations = sizeErrors(document, limits);
    const errors = violations.length > 0 ? violations : conditionErrors(document);
    return { document: errors.length > 0 ? placeholder : document, errors };
  } catch (error) {
    if (error instanceof GraphQLError) return { document: placeholder, errors: [invalidRequest(error)] };
    throw error;
  }
}

function sizeErrors(document: DocumentNode, limits: SizeLimits): GraphQLError[] {
  try {
    // A document with many operations may violate one limit in the same way many times.
    const violations = measureDocument(document).flatMap((size) => limitViolations(size, limits));
    if (violations.length > 0) return [...new Map(violations.map((error) => [error.message, error])).values()];
    return countOverlaps(document) > overlapLimit ? [tooManyOverlaps(overlapLimit)] : [];
  } catch (error) {
    if (error instanceof FragmentCycleError) return [fragmentCycle(error.fragment)];
    throw error;
  }
}

function limitViolations(size: DocumentSize, limits: SizeLimits): GraphQLError[] {
  const bounds: [unit: string, actual: number, limit: number][] = [
    ['levels of fields', size.depth, limits.GUARD_DEPTH],
    ['aliases', size.aliases, limits.GUARD_ALIASES],
    ['root fields', size.rootFields, limits.GUARD_ROOT_FIELDS],
    ['directives', size.directives, limits.GUARD_DIRECTIVES],
    ['fields with all fragments expanded', size.selections, limits.GUARD_TOKENS],
  ];
  return bounds
    .filter(([, actual, limit]) => actual > limit)
    .map(([unit, actual, limit]) => sizeLimitExceeded(unit, limit, actual));
}
