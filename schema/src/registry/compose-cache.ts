import { compose, type Composed, type SubgraphSdl } from '../compose.js';

/** Graphs that are remembered: a publication needs what was live, what will be, and again what is. */
const remembered = 4;

const known = new Map<string, Composed>();

/** As `compose`; the last few graphs are remembered, for composing is what a publication spends its time on. */
export function composeCached(subgraphs: readonly SubgraphSdl[]): Composed {
  const key = JSON.stringify(subgraphs.map(({ name, url, sdl }) => [name, url, sdl]));
  const found = known.get(key) ?? compose(subgraphs);
  known.delete(key);
  known.set(key, found);
  if (known.size > remembered) known.delete(known.keys().next().value ?? key);
  return found;
}
