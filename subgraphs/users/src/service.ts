import { openBus } from '@marquee/chassis/bus/open-bus';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { type SubgraphOptions, createSubgraphRoute } from '@marquee/chassis/graphql/subgraph-route';
import { openPostgres } from '@marquee/chassis/postgres/open-database';
import type { Service } from '@marquee/chassis/process/run-service';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime, GraphQLURL } from 'graphql-scalars';
import { usersSettings, type UsersSettings } from './config.js';
import { usersContext, type UsersContext } from './context.js';
import { openMediaService } from './media/media-service.js';
import { migrations } from './migrations.js';
import { references } from './references.js';
import { ActivityResolver } from './activities/activity-resolvers.js';
import { AccountResolver } from './accounts/account-resolvers.js';
import { LiveResolver } from './activities/activity-subscription-resolvers.js';
import { MediaResolver } from './media/media-resolvers.js';
import { NotificationResolver } from './notifications/notification-resolvers.js';
import { ActivityMutationResolver } from './activities/activity-mutation-resolvers.js';
import { PrincipalResolver } from './accounts/principal-resolvers.js';
import { ProfileResolver } from './people/profile-resolvers.js';
import { UserResolver } from './people/user-resolvers.js';
import { partner } from './partner.js';
import { seed } from './seed/seed.js';
import { createStore, entities } from './store.js';

/** Builds the schema; needs no store. */
export function schema(): Promise<GraphQLSchema> {
  return createSubgraphSchema({
    resolvers: [
      UserResolver,
      ProfileResolver,
      MediaResolver,
      AccountResolver,
      ActivityResolver,
      ActivityMutationResolver,
      NotificationResolver,
      PrincipalResolver,
      LiveResolver,
    ],
    references,
    contracts: { partner },
    scalars: [
      { type: Date, scalar: GraphQLDateTime },
      { type: URL, scalar: GraphQLURL },
    ],
  });
}

/** People, what they post, and who the callers of the whole graph are. */
export const service: Service<UsersSettings> = {
  name: 'users',
  settings: usersSettings,
  async open(serviceContext) {
    const database = serviceContext.closers.add(await openPostgres(serviceContext.settings, { entities, migrations }));
    const store = createStore(database.source);
    const media = await openMediaService(serviceContext, store.processing);
    if (serviceContext.settings.SEED) await seed(store, media.storage);
    const bus = serviceContext.closers.add(await openBus(serviceContext.settings, serviceContext.log));
    const tail = { bus, log: serviceContext.log, intervalMs: serviceContext.settings.TAIL_SECONDS * 1000 };
    const subgraph: SubgraphOptions<UsersContext> = {
      name: 'users',
      schema: await schema(),
      serviceContext,
      context: (caller) => usersContext(caller, { store, bus, tail, mediaService: media }),
    };
    return {
      routes: { ...media.routes, '/graphql': await createSubgraphRoute(subgraph) },
      websockets: { '/graphql': createSubgraphWebSocketRoute(subgraph) },
      check: database.check,
    };
  },
};
