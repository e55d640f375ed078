import type { Bus } from '@marquee/chassis/bus/bus';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph';
import type { InboxStreams } from './inbox/inbox-stream.js';
import type { TailRegistry } from './live/tail-registry.js';
import type { Loaders } from './loaders.js';
import type { MessagingStore } from './store.js';

/** What every resolver of this service is given. */
export interface MessagingContext extends SubgraphContext {
  store: MessagingStore;
  loaders: Loaders;
  bus: Bus;
  tails: TailRegistry;
  inboxes: InboxStreams;
}
