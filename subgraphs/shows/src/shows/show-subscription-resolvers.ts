import type { Bus, BusMessage } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import { Directive, Resolver, Root, Subscription } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import { Show } from './show-model.js';
import { ForReaders, mayRead } from './access-rules.js';
import type { ShowRow } from './show-row.js';
import type { ShowStore } from './show-store.js';

const topic = 'show changed';

@Resolver()
export class ShowLiveResolver {
  @Directive('@broadcast')
  @ForReaders
  @Subscription(() => Show, {
    description: 'Every show that is added or changed from now on.',
    subscribe: ({ context }) => changedShows(context as ShowsContext),
  })
  showChanged(@Root() show: ShowRow): ShowRow {
    return show;
  }
}

/** Tells those who listen that a show was added or changed. */
export function publishChange(bus: Bus, slug: string): void {
  bus.publish(topic, { slug });
}

function changedShows({ caller, bus, store }: ShowsContext): AsyncIterableIterator<ShowRow> {
  mayRead(caller);
  return cancellable((signal) => showsOf(bus.subscribe(topic, signal, { endAfterOutage: true }), store, signal));
}

/**
 * A show that was deleted meanwhile is not told. No index holds shows by the time of their change, which would cost each
 * write another one: a stream that may have missed some ends, and the gateway tells of the gap where it goes on.
 */
async function* showsOf(
  changes: AsyncIterable<BusMessage>,
  store: ShowStore,
  signal: AbortSignal,
): AsyncGenerator<ShowRow> {
  for await (const { slug } of changes) yield* await store.bySlugs([String(slug)]);
  if (!signal.aborted) throw upstreamUnavailable('shows');
}
