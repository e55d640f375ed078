import type { Bus } from '@marquee/chassis/bus/bus';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph-route';
import type { Loaders } from './loaders.js';
import type { ShowStore } from './shows/show-store.js';

/** What every resolver of this service is given. */
export interface ShowsContext extends SubgraphContext {
  store: ShowStore;
  loaders: Loaders;
  /** Tells of shows that were added or changed; see `topics.ts`. */
  bus: Bus;
}
