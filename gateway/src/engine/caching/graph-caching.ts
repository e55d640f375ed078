import { hash } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import { createCacheTags } from './cache-tags.js';
import { type CompileCaching, createCachingCompiler } from './cacheable-fetch.js';
import { type CacheHints, createCacheHints, type IsPersonal } from './cache-hints.js';

/** Decisions about caching that a graph leaves to its owner. */
export interface CachingRules {
  /** The fields of a supergraph that not every caller may have. */
  isPersonal(supergraph: GraphQLSchema): IsPersonal;
  /** The subgraphs that have a cache in front of them. */
  cachedSubgraphs: ReadonlySet<string>;
}

/** The caching of all operations of a graph. */
export interface GraphCaching {
  cacheHints: CacheHints;
  /** Undefined if no subgraph has a cache. */
  compileCaching: CompileCaching | undefined;
}

export function createGraphCaching(
  { sdl, supergraphSchema: supergraph }: { sdl: string; supergraphSchema: GraphQLSchema },
  { isPersonal, cachedSubgraphs: subgraphs = new Set() }: Partial<CachingRules>,
): GraphCaching {
  const hints = createCacheHints(supergraph, isPersonal?.(supergraph) ?? (() => false));
  if (subgraphs.size === 0) return { cacheHints: hints, compileCaching: undefined };
  const tags = createCacheTags(supergraph);
  const compileCaching = createCachingCompiler({
    supergraph,
    supergraphId: hash('sha256', sdl),
    hints,
    tags,
    subgraphs,
  });
  return { cacheHints: hints, compileCaching };
}
