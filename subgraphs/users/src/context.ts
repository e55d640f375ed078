import type { Bus } from '@marquee/chassis/bus/bus';
import type { TailOptions } from '@marquee/chassis/bus/tail-store';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph-route';
import type { Caller } from '@marquee/chassis/identity/caller';
import { createLoaders, type Loaders } from './loaders.js';
import type { MediaService } from './media/media-service.js';
import type { Store } from './store.js';

/** What a resolver of this service is given. */
export interface UsersContext extends SubgraphContext {
  store: Store;
  loaders: Loaders;
  mediaService: MediaService;
  /** Tells of what was posted and who was notified; see `topics.ts`. */
  bus: Bus;
  /** How live streams look at the store. */
  tail: TailOptions;
}

export function usersContext(caller: Caller, service: Omit<UsersContext, 'caller' | 'loaders'>): UsersContext {
  return { ...service, caller, loaders: createLoaders(service.store, caller) };
}

/**
 * Called after every write: what was loaded before it no longer counts. Mutations of one request run one after the
 * other, and each answers with what is true after it.
 */
export function resetLoaders(context: UsersContext): Loaders {
  context.loaders = createLoaders(context.store, context.caller);
  return context.loaders;
}
