import type { Bus } from '@marquee/chassis/bus/bus';
import type { TailOptions } from '@marquee/chassis/bus/store-stream';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph';
import type { OwnedIds } from '@marquee/chassis/identity/owned-id';
import { createLoaders, type Loaders } from './loaders.js';
import type { Store } from './store.js';

/** What lives as long as the service. */
export interface Surroundings {
  store: Store;
  bus: Bus;
  /** How live streams look at the store. */
  tail: TailOptions;
  /** Tells whose a media id is. */
  mediaIds: OwnedIds;
}

/** What a resolver of this service is given. */
export interface JobsContext extends SubgraphContext, Surroundings {
  loaders: Loaders;
}

export function jobsContext(caller: JobsContext['caller'], surroundings: Surroundings): JobsContext {
  return { caller, ...surroundings, loaders: createLoaders(surroundings.store, caller) };
}

/**
 * Called after every write: what was loaded before it no longer counts. Mutations of one request run one after the
 * other, and each answers with what is true after it.
 */
export function forgetLoaded(context: JobsContext): Loaders {
  context.loaders = createLoaders(context.store, context.caller);
  return context.loaders;
}
