import type { Bus } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { createSharedSource, type SharedSource } from '@marquee/chassis/bus/shared-source';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import { Directive, Resolver, Root, Subscription } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import type { ShowStore } from '../store.js';
import { showChangedTopic } from '../topics.js';
import { ForReaders, mayRead } from './access-rules.js';
import { Show } from './show-model.js';
import type { ShowRow } from './show-row.js';

@Resolver()
export class ShowSubscriptionResolver {
  @Directive('@broadcast')
  @ForReaders
  @Subscription(() => Show, {
    description:
      'Every show that is added or changed from now on, in its current state; deletions are not reported. Errors: ' +
      'FORBIDDEN for a machine client without the scope `shows.read`; UPSTREAM_UNAVAILABLE when changes may have been ' +
      'lost, after which the client should read the shows again.',
    subscribe: ({ context }) => subscribe(context as ShowsContext),
  })
  showChanged(@Root() show: ShowRow): ShowRow {
    return show;
  }
}

function subscribe({ caller, bus, store }: ShowsContext): AsyncIterableIterator<ShowRow> {
  mayRead(caller);
  const source = getOrCreate(sharedSources, store, () =>
    createSharedSource({ open: (signal) => changes(bus, store, signal) }),
  );
  return cancellable((signal) => source.subscribe(null, signal));
}

const sharedSources = new WeakMap<ShowStore, SharedSource<ShowRow, null>>();

/**
 * Loads each changed show; one that was deleted in the meantime is skipped. A stream whose notifications may have been
 * lost ends with an error, and the gateway reports the gap when it resumes: to catch up instead, an index of shows by
 * the time of their change would be necessary, which makes every write more expensive.
 */
async function* changes(bus: Bus, store: ShowStore, signal: AbortSignal): AsyncGenerator<ShowRow> {
  const notifications = bus.subscribe(showChangedTopic, signal, { endAfterOutage: true });
  for await (const { slug } of notifications) yield* await store.bySlugs([String(slug)]);
  if (!signal.aborted) throw upstreamUnavailable('shows');
}
