import { type Change, streamLog } from '@marquee/chassis/bus/change-log';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { parseAfter } from '@marquee/chassis/input/after-argument';
import { createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import { Arg, Directive, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { activityStream } from '../topics.js';
import { Activity } from './activity-model.js';

@Resolver()
export class ActivitySubscriptionResolver {
  @Directive('@broadcast')
  @Directive('@resumable(argument: "after", cursor: "changeCursor")')
  @Subscription(() => Activity, {
    description:
      'Every activity that is posted, without replies: first the stored ones after `after`, then each new one. Deleted and ' +
      'expired ones are omitted. Positions are kept for 31 days; after an older one, `extensions.gap` reports at once that ' +
      'activities may be missing. Public. Errors: BAD_USER_INPUT for a negative `after`, and with the last position in ' +
      '`extensions.cursor` if `after` is greater.',
    subscribe: ({ args, context }) => subscribe(args as { after?: number | null }, context as UsersContext),
  })
  activityAdded(
    @Root() activity: Activity,
    @Arg('after', () => Int, {
      nullable: true,
      description:
        'The `changeCursor` of the last event that the client received. Without it, the stream starts with the next activity.',
    })
    _: number | null | undefined,
  ): Activity {
    return activity;
  }
}

function subscribe({ after }: { after?: number | null }, { store, logTails }: UsersContext) {
  const activities = getOrCreate(loaders, store, createLoader);
  const load = (changes: readonly Change[]) => Promise.all(changes.map(({ subject }) => activities.load(subject)));
  return streamLog(logTails, activityStream, { after: parseAfter(after), load });
}

/** All subscriptions share the reads of new activities. */
function createLoader({ activities }: UsersContext['store']) {
  return createCurrentRowLoader(activities.byIds, ({ id }) => id);
}

const loaders = new WeakMap<UsersContext['store'], ReturnType<typeof createLoader>>();
