import { openBus } from '@marquee/chassis/bus/open';
import { openDynamo } from '@marquee/chassis/dynamodb/open';
import { subgraphSchema } from '@marquee/chassis/graphql/schema';
import { subgraphLive } from '@marquee/chassis/graphql/live';
import { type SubgraphOptions, subgraphRoute } from '@marquee/chassis/graphql/subgraph';
import type { Service } from '@marquee/chassis/process/run';
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
  return subgraphSchema({
    resolvers: [ShowResolver, ShowWritingResolver, ShowLiveResolver],
    references: { Show: showReference },
    contracts: { partner },
  });
}

export const service: Service<ShowsSettings> = {
  name: 'shows',
  settings: showsSettings,
  async open(opening) {
    const dynamo = opening.closers.add(await openDynamo(opening.settings, tableDefinition));
    const store = createStore(dynamo);
    if (opening.settings.SEED) await seed(store);
    const bus = opening.closers.add(await openBus(opening.settings, opening.log));
    const subgraph: SubgraphOptions<ShowsContext> = {
      name: 'shows',
      schema: await schema(),
      opening,
      context: (caller) => ({ caller, store, bus, loaders: createLoaders(store) }),
    };
    return {
      routes: { '/graphql': await subgraphRoute(subgraph) },
      live: { '/graphql': subgraphLive(subgraph) },
      check: dynamo.check,
    };
  },
};
