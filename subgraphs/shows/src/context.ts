import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph';
import type { Loaders } from './loaders.js';
import type { ShowStore } from './store/shows.js';

/** What every resolver of this service is given. */
export interface ShowsContext extends SubgraphContext {
  store: ShowStore;
  loaders: Loaders;
}
