import type { Bus } from '@marquee/chassis/bus/bus';
import type { LogTails } from '@marquee/chassis/bus/change-log';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph-route';
import type { ActivityWatch } from './activities/activity-watch.js';
import type { ChangeAnnouncer } from './activities/change-announcer.js';
import type { ErasureWorker } from './erasure/erasure-worker.js';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { Emails } from './emails/open-emails.js';
import { createLoaders, type Loaders } from './loaders.js';
import type { MediaService } from './media/media-service.js';
import type { MediaWatch } from './media/media-watch.js';
import type { Store } from './store.js';

/** Dependencies that live as long as the service. */
export interface ServiceDeps {
  store: Store;
  bus: Bus;
  /** The streams of the change log. */
  logTails: LogTails;
  /** The changes of activities, for all their subscribers. */
  activityWatch: ActivityWatch;
  announcer: ChangeAnnouncer;
  mediaService: MediaService;
  mediaWatch: MediaWatch;
  /** Continues the erasure of deleted accounts. */
  erasures: ErasureWorker;
  /** Null if the service sends none. */
  emails: Emails | null;
  log: Logger;
}

/** The context of one request, which every resolver receives. */
export interface UsersContext extends SubgraphContext, ServiceDeps {
  loaders: Loaders;
}

export function usersContext(caller: UsersContext['caller'], deps: ServiceDeps): UsersContext {
  return { caller, ...deps, loaders: createLoaders(deps.store, caller) };
}

/**
 * Replaces the loaders after a write, because they have cached rows from before it. The mutations of one request run
 * serially, and each returns the state after its own write.
 */
export function resetLoaders(context: UsersContext): Loaders {
  context.loaders = createLoaders(context.store, context.caller);
  return context.loaders;
}
