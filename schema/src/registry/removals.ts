import type { SubgraphSdl } from '../compose.js';
import { liveSubgraphs } from './check.js';
import { publish, type PublishOptions } from './publish.js';
import { removedElements, withoutRemoved } from './sdl-reduction.js';
import type { RegistryStore } from './store.js';
import type { Version } from './versions.js';

/**
 * Publishes only what SDLs remove or narrow. A service that stops to serve an element is replaced afterwards, when no gateway
 * requests it.
 * @returns undefined if nothing is removed
 */
export async function publishRemovals(
  store: RegistryStore,
  sdls: readonly SubgraphSdl[],
  by: string,
  options: PublishOptions = {},
): Promise<Version | undefined> {
  const live = await liveSubgraphs(store);
  const reduced = sdls.flatMap(({ name, sdl }) => {
    const before = live.find((subgraph) => subgraph.name === name);
    if (!before || removedElements(before.sdl, sdl).length === 0) return [];
    return [{ ...before, sdl: withoutRemoved(before.sdl, sdl) }];
  });
  return reduced.length === 0 ? undefined : publish(store, reduced, by, { ...options, note: 'only removals' });
}
