import { cancellable } from '@marquee/chassis/bus/cancellable';
import { type StoreTailSource, tailStore } from '@marquee/chassis/bus/tail-store';
import { Directive, Resolver, Root, Subscription } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { activityTopic } from '../topics.js';
import { Activity } from './activity-model.js';

/** Activities that one periodic read of the store recovers. */
const maxRecovered = 100;

@Resolver()
export class ActivitySubscriptionResolver {
  @Directive('@broadcast')
  @Subscription(() => Activity, {
    description: 'Every activity that is posted from now on, without replies. Public.',
    subscribe: ({ context }) => subscribe(context as UsersContext),
  })
  activityAdded(@Root() activity: Activity): Activity {
    return activity;
  }
}

function subscribe({ store: { activities }, tail }: UsersContext): AsyncIterableIterator<Activity> {
  const source: StoreTailSource<Activity> = {
    readNotified: ({ id }) => activities.byIds([String(id)]),
    async readSince(time) {
      const newestFirst = await activities.feed({ after: null, limit: maxRecovered });
      return newestFirst.filter(({ createdAt }) => createdAt >= time).toReversed();
    },
    keyOf: ({ id }) => id,
  };
  return cancellable((signal) => tailStore(activityTopic, source, tail, signal));
}
