import type { Bus } from '@marquee/chassis/bus/bus';
import { openBus as openConfiguredBus } from '@marquee/chassis/bus/open';
import { openDynamo } from '@marquee/chassis/dynamodb/open';
import { subgraphLive } from '@marquee/chassis/graphql/live';
import { subgraphSchema } from '@marquee/chassis/graphql/schema';
import { type SubgraphOptions, subgraphRoute } from '@marquee/chassis/graphql/subgraph';
import type { Opening, Service } from '@marquee/chassis/process/run';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GraphQLSchema } from 'graphql';
import { messagingSettings, type MessagingSettings } from './config.js';
import type { MessagingContext } from './context.js';
import { inboxStreams } from './inbox/inbox-stream.js';
import { createTailRegistry } from './live/tail-registry.js';
import { publishChange } from './topics.js';
import { createLoaders } from './loaders.js';
import { ConversationResolver, conversationReference } from './conversations/conversation-resolvers.js';
import { LiveResolver } from './inbox/inbox-resolvers.js';
import { MessageResolver, messageReference, ReadReceiptResolver } from './messages/message-resolvers.js';
import { UserResolver, userReference } from './conversations/user-resolvers.js';
import { WritingResolver } from './conversations/conversation-mutation-resolvers.js';
import { seed } from './seed/seed.js';
import { createStore } from './store.js';
import { tableDefinition } from './table.js';

/** The schema of the messaging subgraph; made without any store. */
export function schema(): Promise<GraphQLSchema> {
  return subgraphSchema({
    resolvers: [
      ConversationResolver,
      MessageResolver,
      ReadReceiptResolver,
      UserResolver,
      WritingResolver,
      LiveResolver,
    ],
    references: { Conversation: conversationReference, Message: messageReference, User: userReference },
  });
}

/** Private conversations. */
export const service: Service<MessagingSettings> = messaging(openConfiguredBus);

/** The service with a bus of its own choice. */
export function messaging(
  openBus: (settings: MessagingSettings, log: Logger) => Bus | Promise<Bus>,
): Service<MessagingSettings> {
  return {
    name: 'messaging',
    settings: messagingSettings,
    async open(opening) {
      const dynamo = opening.closers.add(await openDynamo(opening.settings, tableDefinition));
      const bus = opening.closers.add(await openBus(opening.settings, opening.log));
      const store = createStore(dynamo, (head) => publishChange(bus, head));
      if (opening.settings.SEED) await seed(store);
      const subgraph: SubgraphOptions<MessagingContext> = {
        name: 'messaging',
        schema: await schema(),
        opening,
        context: contextOf({ store, bus, ...liveOf(opening, { store, bus }) }),
      };
      return {
        routes: { '/graphql': await subgraphRoute(subgraph) },
        live: { '/graphql': subgraphLive(subgraph) },
        check: dynamo.check,
      };
    },
  };
}

type Shared = Omit<MessagingContext, 'caller' | 'loaders'>;

function liveOf(
  { settings, log, closers }: Opening<MessagingSettings>,
  parts: Pick<Shared, 'store' | 'bus'>,
): Pick<Shared, 'tails' | 'inboxes'> {
  const options = { ...parts, log, interval: settings.TAIL_SECONDS * 1000 };
  return { tails: closers.add(createTailRegistry(options)), inboxes: inboxStreams(options) };
}

function contextOf(shared: Shared): SubgraphOptions<MessagingContext>['context'] {
  return (caller) => ({ ...shared, caller, loaders: createLoaders(shared.store, caller) });
}
