import type { Bus } from '@marquee/chassis/bus/bus';
import { createLogTails } from '@marquee/chassis/bus/change-log';
import { openBus } from '@marquee/chassis/bus/open-bus';
import { tailIntervals } from '@marquee/chassis/bus/tail-store';
import { startEventConsumer } from '@marquee/chassis/events/event-consumer';
import { startEventRelay } from '@marquee/chassis/events/event-relay';
import { createSubgraphRoute, type SubgraphOptions } from '@marquee/chassis/graphql/subgraph-route';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { openPostgres, type Postgres } from '@marquee/chassis/postgres/open-database';
import { postgresChangeLog, startChangeLogSweeper } from '@marquee/chassis/postgres/postgres-change-log';
import { postgresInbox, startInboxSweeper } from '@marquee/chassis/postgres/postgres-inbox';
import { postgresOutbox, startOutboxSweeper } from '@marquee/chassis/postgres/postgres-outbox';
import { startQuotaSweeper } from '@marquee/chassis/quotas/postgres-quotas';
import type { Service, ServiceContext } from '@marquee/chassis/process/run-service';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime, GraphQLURL } from 'graphql-scalars';
import { createActivityWatch } from './activities/activity-watch.js';
import { type ChangeAnnouncer, createChangeAnnouncer } from './activities/change-announcer.js';
import { usersSettings, type UsersSettings } from './config.js';
import { usersContext, type UsersContext } from './context.js';
import { openEmails } from './emails/open-emails.js';
import { eventReactions } from './event-reactions.js';
import { type ErasureWorker, startErasureWorker } from './erasure/erasure-worker.js';
import { cognitoSignIns } from './erasure/sign-in-removal.js';
import { fieldCosts } from './field-costs.js';
import { createMediaWatch } from './media/media-watch.js';
import { type MediaService, openMediaService } from './media/media-service.js';
import { startMediaSweeper } from './media/media-sweeper.js';
import { migrations } from './migrations.js';
import { startNotificationSweeper } from './notifications/notification-sweeper.js';
import { partner } from './partner.js';
import { references } from './references.js';
import { resolvers } from './resolvers.js';
import { seed } from './seed/seed.js';
import { createStore, entities, type Store } from './store.js';

/** Builds the schema. Opens no connection. */
export function schema(): Promise<GraphQLSchema> {
  return createSubgraphSchema({
    resolvers,
    references,
    alwaysResolved: ['User'],
    contracts: { partner },
    costs: fieldCosts,
    // Ignores an invalid name in a token.
    ownTextChecks: ['Query.principal'],
    scalars: [
      { type: Date, scalar: GraphQLDateTime },
      { type: URL, scalar: GraphQLURL },
    ],
  });
}

/** People, their activities and media, and the principals of the whole graph. */
export const service: Service<UsersSettings> = {
  name: 'users',
  settings: usersSettings,
  async open(serviceContext) {
    const { settings, log, closers } = serviceContext;
    const database = closers.add(await openPostgres(settings, { entities, migrations }));
    const store = createStore(database.source, settings.QUOTA_FACTOR);
    const { routes, ...mediaService } = await openMediaService(serviceContext, store.processing);
    if (settings.SEED) await seed(store, mediaService.storage);
    sweepMedia(serviceContext, store, mediaService);
    const bus = closers.add(await openBus(settings, log));
    const announcer = closers.add(createChangeAnnouncer(bus, log));
    const erasures = openErasures(serviceContext, { store, mediaService, announcer });
    const emails = await openEmails(serviceContext, store.digests);
    startSweepers(serviceContext, database);
    openEvents(serviceContext, database, bus);
    const logTails = closers.add(
      createLogTails(postgresChangeLog(database.source), { bus, log, ...tailIntervals(settings) }),
    );
    const activityWatch = createActivityWatch({ bus, store: store.activityExpiry, log });
    const live = { logTails, activityWatch, announcer, mediaWatch: createMediaWatch(store.media) };
    const subgraph: SubgraphOptions<UsersContext> = {
      name: 'users',
      schema: await schema(),
      serviceContext,
      context: (caller) => usersContext(caller, { store, bus, ...live, mediaService, erasures, emails, log }),
    };
    return {
      routes: { ...routes, ...emails?.routes, '/graphql': await createSubgraphRoute(subgraph) },
      websockets: { '/graphql': createSubgraphWebSocketRoute(subgraph) },
      check: database.check,
    };
  },
};

interface ErasureParts {
  store: Store;
  mediaService: MediaService;
  announcer: ChangeAnnouncer;
}

function openErasures(
  { settings, log, closers }: ServiceContext<UsersSettings>,
  { store, mediaService, announcer }: ErasureParts,
): ErasureWorker {
  const uploads = { store: store.media, ...mediaService };
  const stores = { store: store.erasures, accounts: store.accountErasures };
  return closers.add(startErasureWorker({ ...stores, announcer, signIns: cognitoSignIns(settings), uploads, log }));
}

/** Removes media that nothing uses. */
function sweepMedia(
  { settings, log, closers }: ServiceContext<UsersSettings>,
  store: Store,
  { storage }: Pick<MediaService, 'storage'>,
): void {
  const knowsUses = settings.EVENTS_QUEUE_URL !== undefined;
  closers.add(startMediaSweeper({ store: store.mediaSweeping, storage, knowsUses, log }));
}

/** Removes rows that are no longer kept. */
function startSweepers({ log, closers }: ServiceContext<UsersSettings>, { source }: Postgres): void {
  closers.add(startChangeLogSweeper(source, log));
  closers.add(startQuotaSweeper(source, log));
  closers.add(startNotificationSweeper(source, log));
}

/** Publishes the events of the service, and reacts to those of other services. */
function openEvents(
  { settings, log, closers }: ServiceContext<UsersSettings>,
  { source, check }: Postgres,
  bus: Bus,
): void {
  closers.add(startOutboxSweeper(source, log));
  closers.add(startInboxSweeper(source, log));
  closers.add(startEventRelay({ outbox: postgresOutbox(source, 'users'), settings, log }));
  const inbox = postgresInbox(source);
  closers.add(startEventConsumer({ settings, inbox, reactions: eventReactions(bus), log, check }));
}
