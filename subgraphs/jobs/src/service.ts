import { openBus } from '@marquee/chassis/bus/open';
import { subgraphSchema } from '@marquee/chassis/graphql/schema';
import { subgraphLive } from '@marquee/chassis/graphql/live';
import { type SubgraphOptions, subgraphRoute } from '@marquee/chassis/graphql/subgraph';
import { ownedIds } from '@marquee/chassis/identity/owned-id';
import { openPostgres } from '@marquee/chassis/postgres/open';
import type { Service } from '@marquee/chassis/process/run';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime, GraphQLURL } from 'graphql-scalars';
import { jobsSettings, type JobsSettings } from './config.js';
import { jobsContext, type JobsContext } from './context.js';
import { migrations } from './migrations.js';
import { references } from './references.js';
import { resolvers } from './resolvers.js';
import { seed } from './seed/seed.js';
import { createStore, entities } from './store.js';

/** Builds the executable schema. It does not need a database, so that tools can print the SDL. */
export function schema(): Promise<GraphQLSchema> {
  return subgraphSchema({
    resolvers,
    references,
    scalars: [
      { type: Date, scalar: GraphQLDateTime },
      { type: URL, scalar: GraphQLURL },
    ],
  });
}

/** The jobs service: freelancer profiles and portfolios, jobs, proposals, folders, book covers and reviews. */
export const service: Service<JobsSettings> = {
  name: 'jobs',
  settings: jobsSettings,
  async open(opening) {
    const { settings, log, closers } = opening;
    const database = closers.add(await openPostgres(settings, { entities, migrations }));
    const store = createStore(database.source);
    if (settings.SEED) await seed(store);
    const bus = closers.add(await openBus(settings, log));
    const tail = { bus, log, interval: settings.TAIL_SECONDS * 1000 };
    const deps = { store, bus, tail, mediaIds: ownedIds(settings.MEDIA_ID_KEY) };
    const subgraph: SubgraphOptions<JobsContext> = {
      name: 'jobs',
      schema: await schema(),
      opening,
      context: (caller) => jobsContext(caller, deps),
    };
    return {
      routes: { '/graphql': await subgraphRoute(subgraph) },
      live: { '/graphql': subgraphLive(subgraph) },
      check: database.check,
    };
  },
};
