import { createLogTails } from '@marquee/chassis/bus/change-log';
import { openBus } from '@marquee/chassis/bus/open-bus';
import { tailIntervals } from '@marquee/chassis/bus/tail-store';
import { openCacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import { startBackfill } from '@marquee/chassis/dynamodb/dynamo-backfill';
import { type Dynamo, openDynamo } from '@marquee/chassis/dynamodb/open-table';
import { startEventRelay } from '@marquee/chassis/events/event-relay';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { DataExport } from '@marquee/chassis/graphql/exported-record';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import { type SubgraphOptions, createSubgraphRoute } from '@marquee/chassis/graphql/subgraph-route';
import type { Service, ServiceContext } from '@marquee/chassis/process/run-service';
import type { GraphQLSchema } from 'graphql';
import { showsSettings, type ShowsSettings } from './config.js';
import { type ShowsContext, showsContext } from './context.js';
import { openShowLog } from './database/show-log.js';
import { eventOutbox } from './event-outbox.js';
import { fieldCosts, typeWeights } from './field-costs.js';
import { partner } from './partner.js';
import { references } from './references.js';
import { resolvers } from './resolvers.js';
import { seed } from './seed/seed.js';
import { backfillPage, titleBackfill } from './shows/title-backfill.js';
import { completeEmptyTable, readProgress } from './shows/title-progress.js';
import { createStore } from './store.js';
import { tableDefinition } from './table.js';

/** Builds the schema. Opens no connection. */
export function schema(): Promise<GraphQLSchema> {
  return createSubgraphSchema({
    resolvers,
    references,
    extendedEntities: [DataExport],
    contracts: { partner },
    costs: fieldCosts,
    typeWeights,
    // Reports an invalid text with its show.
    ownTextChecks: ['Mutation.importShows'],
  });
}

/** The catalogue of TV shows. */
export const service: Service<ShowsSettings> = {
  name: 'shows',
  settings: showsSettings,
  async open(serviceContext) {
    const { settings, log, closers } = serviceContext;
    const dynamo = closers.add(await openDynamo(settings, tableDefinition));
    const showLog = openShowLog(dynamo);
    const store = createStore(dynamo, showLog);
    await indexTitles(dynamo, serviceContext);
    if (settings.SEED) await seed(store);
    const bus = closers.add(await openBus(settings, log));
    const cache = closers.add(await openCacheInvalidator(settings, log));
    closers.add(startEventRelay({ outbox: eventOutbox(dynamo), settings, log }));
    const logTails = closers.add(createLogTails(showLog, { bus, log, ...tailIntervals(settings) }));
    const subgraph: SubgraphOptions<ShowsContext> = {
      name: 'shows',
      schema: await schema(),
      serviceContext,
      context: (caller) => showsContext(caller, { store, bus, cache, logTails }),
    };
    return {
      routes: { '/graphql': await createSubgraphRoute(subgraph) },
      websockets: { '/graphql': createSubgraphWebSocketRoute(subgraph) },
      check: dynamo.check,
    };
  },
};

/** Without a delay where the service creates its table, since no replica of an earlier build runs then: the first time at once. */
async function indexTitles(dynamo: Dynamo, { settings, log, closers }: ServiceContext<ShowsSettings>): Promise<void> {
  const startedAt = Date.now();
  if (settings.CREATE_TABLE && !(await readProgress(dynamo)).isDone) {
    while (!(await backfillPage(dynamo, startedAt)));
    return;
  }
  await completeEmptyTable(dynamo);
  const delayMs = settings.CREATE_TABLE ? 0 : undefined;
  closers.add(startBackfill(dynamo, log, titleBackfill(dynamo, startedAt), delayMs));
}
