import type { Bus } from '@marquee/chassis/bus/bus';
import { openBus as openConfiguredBus } from '@marquee/chassis/bus/open-bus';
import { startBackfill } from '@marquee/chassis/dynamodb/dynamo-backfill';
import { dynamoInbox } from '@marquee/chassis/dynamodb/dynamo-inbox';
import { type Dynamo, openDynamo } from '@marquee/chassis/dynamodb/open-table';
import { startEventConsumer } from '@marquee/chassis/events/event-consumer';
import { startEventRelay } from '@marquee/chassis/events/event-relay';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { DataExport } from '@marquee/chassis/graphql/exported-record';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import { type SubgraphOptions, createSubgraphRoute } from '@marquee/chassis/graphql/subgraph-route';
import type { ServiceContext, Service } from '@marquee/chassis/process/run-service';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GraphQLSchema } from 'graphql';
import { messagingSettings, type MessagingSettings } from './config.js';
import { type MessagingContext, messagingContext, type ServiceDeps } from './context.js';
import type { ConversationRow } from './conversations/conversation-row.js';
import { eventItemKey } from './database/table-keys.js';
import { eventOutbox } from './event-outbox.js';
import { fieldCosts, typeWeights } from './field-costs.js';
import { createInboxStreams } from './inbox/inbox-stream.js';
import { createConversationFollowers } from './live/conversation-followers.js';
import { createTailRegistry } from './live/tail-registry.js';
import { eraseMessagesIn } from './people/message-erasure-store.js';
import { departureBackfill } from './people/departure-backfill.js';
import { peopleReactions } from './people/people-reactions.js';
import { references } from './references.js';
import { resolvers } from './resolvers.js';
import { seed } from './seed/seed.js';
import { createStore } from './store.js';
import { tableDefinition } from './table.js';
import { publishChange, publishMessages, publishTyping } from './topics.js';

/** Builds the schema. Opens no connection. */
export function schema(): Promise<GraphQLSchema> {
  return createSubgraphSchema({
    resolvers,
    references,
    extendedEntities: [DataExport],
    costs: fieldCosts,
    typeWeights,
  });
}

/** Private conversations. */
export const service: Service<MessagingSettings> = messaging(openConfiguredBus);

/** The service with another bus than the configured one. */
export function messaging(
  openBus: (settings: MessagingSettings, log: Logger) => Bus | Promise<Bus>,
): Service<MessagingSettings> {
  return {
    name: 'messaging',
    settings: messagingSettings,
    async open(serviceContext) {
      const { settings, log, closers } = serviceContext;
      const dynamo = closers.add(await openDynamo(settings, tableDefinition));
      const bus = closers.add(await openBus(settings, log));
      const store = createStore(dynamo, (conversation) => publishMessages(bus, conversation), settings.QUOTA_FACTOR);
      if (settings.SEED) await seed(store);
      const deps: ServiceDeps = { store, bus, ...liveStreams(serviceContext, { store, bus }) };
      closers.add(startEventRelay({ outbox: eventOutbox(dynamo), settings, log }));
      consumeEvents(serviceContext, dynamo, deps);
      const subgraph: SubgraphOptions<MessagingContext> = {
        name: 'messaging',
        schema: await schema(),
        serviceContext,
        context: (caller) => messagingContext(caller, deps),
      };
      return {
        routes: { '/graphql': await createSubgraphRoute(subgraph) },
        websockets: { '/graphql': createSubgraphWebSocketRoute(subgraph) },
        check: dynamo.check,
      };
    },
  };
}

function consumeEvents(
  { settings, log, closers }: ServiceContext<MessagingSettings>,
  dynamo: Dynamo,
  { store, bus }: Pick<ServiceDeps, 'store' | 'bus'>,
): void {
  const inbox = dynamoInbox(dynamo, { key: (id) => ({ ...eventItemKey(id) }), expiryAttribute: 'expiresAt' });
  const reactions = peopleReactions(store, bus);
  closers.add(startEventConsumer({ settings, inbox, reactions, log, check: dynamo.check }));
  const onErased = (conversation: ConversationRow) => publishChange(bus, conversation);
  const backfill = departureBackfill(dynamo, {
    erase: (departure, stopping) => eraseMessagesIn(dynamo, { ...departure, onErased, stopping }),
  });
  closers.add(startBackfill(dynamo, log, backfill));
}

function liveStreams(
  { settings, log, closers }: ServiceContext<MessagingSettings>,
  deps: Pick<ServiceDeps, 'store' | 'bus'>,
): Pick<ServiceDeps, 'tails' | 'followers' | 'inboxes'> {
  const { CONVERSATION_POLL_SECONDS: interval, TAIL_SECONDS: safety } = settings;
  const options = { ...deps, log, intervalMs: interval * 1000, safetyMs: safety * 1000 };
  const stopTyping = (conversationId: string, userId: string) =>
    publishTyping(deps.bus, conversationId, { userId, typing: false });
  return {
    tails: closers.add(createTailRegistry(options)),
    followers: createConversationFollowers(stopTyping),
    inboxes: closers.add(createInboxStreams(options)),
  };
}
