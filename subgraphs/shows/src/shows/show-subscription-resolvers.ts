import { streamLog } from '@marquee/chassis/bus/change-log';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { parseAfter } from '@marquee/chassis/input/after-argument';
import { createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import { Arg, Directive, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import type { ShowStore } from '../store.js';
import { showStream } from '../topics.js';
import { ForReaders, mayRead } from './access-rules.js';
import { Show } from './show-model.js';
import type { ShowRow } from './show-row.js';

@Resolver()
export class ShowSubscriptionResolver {
  @Directive('@broadcast')
  @Directive('@resumable(argument: "after", cursor: "changeCursor")')
  @ForReaders
  @Subscription(() => Show, {
    description:
      'Every show that is added or changed, in its current state: first the stored changes after `after`, then each new ' +
      'one. Deletions are not reported. Positions are kept for 31 days; after an older one, `extensions.gap` reports at ' +
      'once that changes may be missing, and the client should read the shows again. Errors: FORBIDDEN for a machine ' +
      'client without the scope `shows.read`, BAD_USER_INPUT for a negative `after`, and with the last position in ' +
      '`extensions.cursor` if `after` is greater.',
    subscribe: ({ args, context }) => subscribe(args as { after?: number | null }, context as ShowsContext),
  })
  showChanged(
    @Root() show: ShowRow,
    @Arg('after', () => Int, {
      nullable: true,
      description:
        'The `changeCursor` of the last event that the client received. Without it, the stream starts with the next change.',
    })
    _: number | null | undefined,
  ): ShowRow {
    return show;
  }
}

function subscribe({ after }: { after?: number | null }, { caller, store, logTails }: ShowsContext) {
  mayRead(caller);
  const shows = getOrCreate(loaders, store, createLoader);
  return streamLog(logTails, showStream, {
    after: parseAfter(after),
    load: (changes) => Promise.all(changes.map(({ subject }) => shows.load(subject))),
  });
}

/** All subscriptions share the reads of changed shows. */
function createLoader(store: ShowStore) {
  return createCurrentRowLoader(store.currentBySlugs, ({ slug }) => slug);
}

const loaders = new WeakMap<ShowStore, ReturnType<typeof createLoader>>();
