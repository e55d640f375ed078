import { compose, type Composed, type SubgraphSdl } from '../compose.js';

/** The number of cached graphs. A publication composes the previous and the next graph, the latter twice. */
const maxCached = 4;

const cache = new Map<string, Composed>();

/** Like `compose`, with a cache of the last few graphs, because composition takes most of the time of a publication. */
export function composeCached(subgraphs: readonly SubgraphSdl[]): Composed {
  const key = JSON.stringify(subgraphs.map(({ name, url, sdl }) => [name, url, sdl]));
  const result = cache.get(key) ?? compose(subgraphs);
  cache.delete(key);
  cache.set(key, result);
  if (cache.size > maxCached) cache.delete(cache.keys().next().value ?? key);
  return result;
}
