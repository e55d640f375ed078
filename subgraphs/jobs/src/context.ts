import type { Bus } from '@marquee/chassis/bus/bus';
import type { LogTails } from '@marquee/chassis/bus/change-log';
import type { TailOptions } from '@marquee/chassis/bus/tail-store';
import type { CacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph-route';
import type { OwnedIds } from '@marquee/chassis/identity/owned-id';
import { createLoaders, type Loaders } from './loaders.js';
import type { Store } from './store.js';
import type { Webhooks } from './webhooks/webhooks.js';

/** Dependencies that live as long as the service. */
export interface ServiceDeps {
  store: Store;
  bus: Bus;
  /** Invalidates the results that gateways have cached. */
  cache: CacheInvalidator;
  /** How subscriptions poll the store for changes that the bus did not deliver. */
  tail: TailOptions;
  /** The streams of the change log. */
  logTails: LogTails;
  /** Verifies which user a media id belongs to. */
  mediaIds: OwnedIds;
  /** Signs deliveries to the endpoints of partners, and checks their addresses. */
  webhooks: Webhooks;
}

/** The context of one request, which every resolver receives. */
export interface JobsContext extends SubgraphContext, ServiceDeps {
  loaders: Loaders;
}

/** The loaders are created for the first field that needs one: a page of jobs needs none of the thirty. */
export function jobsContext(caller: JobsContext['caller'], deps: ServiceDeps): JobsContext {
  let loaders: Loaders | undefined;
  return {
    caller,
    ...deps,
    get loaders() {
      return (loaders ??= createLoaders(deps.store, caller));
    },
    set loaders(fresh) {
      loaders = fresh;
    },
  };
}

/**
 * Replaces the loaders after a write, because they have cached rows from before it. The mutations of one request run
 * serially, and each returns the state after its own write.
 */
export function resetLoaders(context: JobsContext): Loaders {
  context.loaders = createLoaders(context.store, context.caller);
  return context.loaders;
}
