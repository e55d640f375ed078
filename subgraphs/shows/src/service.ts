import { openBus } from '@marquee/chassis/bus/open-bus';
import { openDynamo } from '@marquee/chassis/dynamodb/open-table';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { type SubgraphOptions, createSubgraphRoute } from '@marquee/chassis/graphql/subgraph-route';
import type { Service } from '@marquee/chassis/process/run-service';
import type { GraphQLSchema } from 'graphql';
import { showsSettings, type ShowsSettings } from './config.js';
import type { ShowsContext } from './context.js';
import { createLoaders } from './loaders.js';
import { ShowLiveResolver } from './shows/show-subscription-resolvers.js';
import { ShowResolver, showReference } from './shows/show-resolvers.js';
import { ShowWritingResolver } from './shows/show-mutation-resolvers.js';
import { partner } from './partner.js';
import { seed } from './seed/seed.js';
import { createStore } from './shows/show-store.js';
import { tableDefinition } from './table.js';

/** The schema of the shows subgraph; made without any store. */
export function schema(): Promise<GraphQLSchema> {
  return createSubgraphSchema({
    resolvers: [ShowResolver, ShowWritingResolver, ShowLiveResolver],
    references: { Show: showReference },
    contracts: { partner },
  });
}

export const service: Service<ShowsSettings> = {
  name: 'shows',
  settings: showsSettings,
  async open(serviceContext) {
    const dynamo = serviceContext.closers.add(await openDynamo(serviceContext.settings, tableDefinition));
    const store = createStore(dynamo);
    if (serviceContext.settings.SEED) await seed(store);
    const bus = serviceContext.closers.add(await openBus(serviceContext.settings, serviceContext.log));
    const subgraph: SubgraphOptions<ShowsContext> = {
      name: 'shows',
      schema: await schema(),
      serviceContext,
      context: (caller) => ({ caller, store, bus, loaders: createLoaders(store) }),
    };
    return {
      routes: { '/graphql': await createSubgraphRoute(subgraph) },
      websockets: { '/graphql': createSubgraphWebSocketRoute(subgraph) },
      check: dynamo.check,
    };
  },
};
