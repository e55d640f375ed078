import type { Bus } from '@marquee/chassis/bus/bus';
import { createLogTails } from '@marquee/chassis/bus/change-log';
import { openBus } from '@marquee/chassis/bus/open-bus';
import { tailIntervals } from '@marquee/chassis/bus/tail-store';
import { openCacheInvalidator } from '@marquee/chassis/caching/cache-invalidator';
import { startEventConsumer } from '@marquee/chassis/events/event-consumer';
import { startEventRelay } from '@marquee/chassis/events/event-relay';
import { DataExport } from '@marquee/chassis/graphql/exported-record';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { type SubgraphOptions, createSubgraphRoute } from '@marquee/chassis/graphql/subgraph-route';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { openPostgres, type Postgres } from '@marquee/chassis/postgres/open-database';
import { postgresChangeLog, startChangeLogSweeper } from '@marquee/chassis/postgres/postgres-change-log';
import { postgresInbox, startInboxSweeper } from '@marquee/chassis/postgres/postgres-inbox';
import { postgresOutbox, startOutboxSweeper } from '@marquee/chassis/postgres/postgres-outbox';
import { startQuotaSweeper } from '@marquee/chassis/quotas/postgres-quotas';
import type { Service, ServiceContext } from '@marquee/chassis/process/run-service';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime, GraphQLURL } from 'graphql-scalars';
import { jobsSettings, type JobsSettings } from './config.js';
import { jobsContext, type JobsContext } from './context.js';
import { fieldCosts } from './field-costs.js';
import { jobClosingStore } from './jobs/job-closing-store.js';
import { startJobClosing } from './jobs/job-closing.js';
import { migrations } from './migrations.js';
import { partner } from './partner.js';
import { mediaReactions } from './media/media-reactions.js';
import { startReleasedMediaSweeper } from './media/released-media-store.js';
import { peopleReactions } from './people/people-reactions.js';
import { references } from './references.js';
import { resolvers } from './resolvers.js';
import { seed } from './seed/seed.js';
import { showReactions } from './shows/show-reactions.js';
import { createStore, entities } from './store.js';
import { followTermChanges } from './taxonomy/term-cache.js';
import { openWebhooks } from './webhooks/webhooks.js';
import { webhookReactions } from './webhooks/webhook-reactions.js';
import { notifyingStream } from './topics.js';

/** Builds the executable schema. It does not need a database, so that tools can print the SDL. */
export function schema(): Promise<GraphQLSchema> {
  return createSubgraphSchema({
    resolvers,
    references,
    extendedEntities: [DataExport],
    contracts: { partner },
    costs: fieldCosts,
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
  async open(serviceContext) {
    const { settings, log, closers } = serviceContext;
    const database = closers.add(await openPostgres(settings, { entities, migrations }));
    const store = createStore(database.source, settings.QUOTA_FACTOR);
    if (settings.SEED) await seed(store);
    const bus = closers.add(await openBus(settings, log));
    closers.add(followTermChanges(bus, store.terms.cache));
    closers.add(startJobClosing({ jobs: jobClosingStore(database.source), bus, log, settings }));
    const cache = closers.add(await openCacheInvalidator(settings, log));
    const tail = { bus, log, intervalMs: settings.TAIL_SECONDS * 1000 };
    closers.add(startChangeLogSweeper(database.source, log));
    closers.add(startQuotaSweeper(database.source, log));
    closers.add(startReleasedMediaSweeper(store.releasedMedia, log));
    const tailOptions = { bus, log, ...tailIntervals(settings), notifiedBy: notifyingStream };
    const logTails = closers.add(createLogTails(postgresChangeLog(database.source), tailOptions));
    const webhooks = openWebhooks({ settings, store, log, closers });
    const deps = { store, bus, cache, tail, logTails, mediaIds: createOwnedIds(settings.MEDIA_ID_KEY), webhooks };
    openEvents(serviceContext, database, bus);
    const subgraph: SubgraphOptions<JobsContext> = {
      name: 'jobs',
      schema: await schema(),
      serviceContext,
      context: (caller) => jobsContext(caller, deps),
    };
    return {
      routes: { '/graphql': await createSubgraphRoute(subgraph) },
      websockets: { '/graphql': createSubgraphWebSocketRoute(subgraph) },
      check: database.check,
    };
  },
};

/** Publishes the events of the service, and reacts to those of other services. */
function openEvents(
  { settings, log, closers }: ServiceContext<JobsSettings>,
  { source, check }: Postgres,
  bus: Bus,
): void {
  closers.add(startOutboxSweeper(source, log));
  closers.add(startInboxSweeper(source, log));
  closers.add(startEventRelay({ outbox: postgresOutbox(source, 'jobs'), settings, log }));
  const inbox = postgresInbox(source);
  const reactions = [...mediaReactions(), ...peopleReactions(bus), ...showReactions(), ...webhookReactions()];
  closers.add(startEventConsumer({ settings, inbox, reactions, log, check }));
}
