import type { Bus } from '@marquee/chassis/bus/bus';
import type { LogTails } from '@marquee/chassis/bus/change-log';
import type { CacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph-route';
import { createLoaders, type Loaders } from './loaders.js';
import type { ShowStore } from './store.js';

/** Dependencies that live as long as the service. */
export interface ServiceDeps {
  store: ShowStore;
  bus: Bus;
  /** Invalidates the results that gateways have cached. */
  cache: CacheInvalidator;
  /** The streams of the change log. */
  logTails: LogTails;
}

/** The context of every resolver of this service. */
export interface ShowsContext extends SubgraphContext, ServiceDeps {
  loaders: Loaders;
}

export function showsContext(caller: ShowsContext['caller'], deps: ServiceDeps): ShowsContext {
  return { ...deps, caller, loaders: createLoaders(deps.store) };
}
