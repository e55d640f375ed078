import type { Bus } from '@marquee/chassis/bus/bus';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph';
import type { InboxStreams } from './live/inbox.js';
import type { Tails } from './live/tails.js';
import type { Loaders } from './loaders.js';
import type { MessagingStore } from './store/store.js';

/** What every resolver of this service is given. */
export interface MessagingContext extends SubgraphContext {
  store: MessagingStore;
  loaders: Loaders;
  bus: Bus;
  tails: Tails;
  inboxes: InboxStreams;
}
