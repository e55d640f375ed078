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
import { type MessagingContext, messagingContext, type MessagingDeps } from './context.js';
import { createInboxStreams } from './inbox/inbox-stream.js';
import { createTailRegistry } from './live/tail-registry.js';
import { references } from './references.js';
import { resolvers } from './resolvers.js';
import { seed } from './seed/seed.js';
import { createStore } from './store.js';
import { tableDefinition } from './table.js';
import { publishChange } from './topics.js';

/** Builds the schema. Opens no connection. */
export function schema(): Promise<GraphQLSchema> {
  return subgraphSchema({ resolvers, references });
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
    async open(opening) {
      const dynamo = opening.closers.add(await openDynamo(opening.settings, tableDefinition));
      const bus = opening.closers.add(await openBus(opening.settings, opening.log));
      const store = createStore(dynamo, (conversation) => publishChange(bus, conversation));
      if (opening.settings.SEED) await seed(store);
      const deps: MessagingDeps = { store, bus, ...liveStreams(opening, { store, bus }) };
      const subgraph: SubgraphOptions<MessagingContext> = {
        name: 'messaging',
        schema: await schema(),
        opening,
        context: (caller) => messagingContext(caller, deps),
      };
      return {
        routes: { '/graphql': await subgraphRoute(subgraph) },
        live: { '/graphql': subgraphLive(subgraph) },
        check: dynamo.check,
      };
    },
  };
}

function liveStreams(
  { settings, log, closers }: Opening<MessagingSettings>,
  deps: Pick<MessagingDeps, 'store' | 'bus'>,
): Pick<MessagingDeps, 'tails' | 'inboxes'> {
  const options = { ...deps, log, interval: settings.TAIL_SECONDS * 1000 };
  return { tails: closers.add(createTailRegistry(options)), inboxes: createInboxStreams(options) };
}
