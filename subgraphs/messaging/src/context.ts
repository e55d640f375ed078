import type { Bus } from '@marquee/chassis/bus/bus';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph-route';
import type { InboxStreams } from './inbox/inbox-stream.js';
import type { ConversationFollowers } from './live/conversation-followers.js';
import type { TailRegistry } from './live/tail-registry.js';
import { createLoaders, type Loaders } from './loaders.js';
import type { MessagingStore } from './store.js';

/** Dependencies that live as long as the service. */
export interface ServiceDeps {
  store: MessagingStore;
  bus: Bus;
  tails: TailRegistry;
  followers: ConversationFollowers;
  inboxes: InboxStreams;
}

/** The context of every resolver of this service. */
export interface MessagingContext extends SubgraphContext, ServiceDeps {
  loaders: Loaders;
}

export function messagingContext(caller: MessagingContext['caller'], deps: ServiceDeps): MessagingContext {
  return { ...deps, caller, loaders: createLoaders(deps.store, caller) };
}
