import { cancellable } from '@marquee/chassis/bus/cancellable';
import { createSharedSource, type SharedSource } from '@marquee/chassis/bus/shared-source';
import { type StoreTailSource, type TailOptions, tailStore } from '@marquee/chassis/bus/tail-store';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
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

function subscribe({ store, tail }: UsersContext): AsyncIterableIterator<Activity> {
  const source = getOrCreate(sharedSources, store, () => activitySource(store, tail));
  return cancellable((signal) => source.subscribe(null, signal));
}

const sharedSources = new WeakMap<UsersContext['store'], SharedSource<Activity, null>>();

function activitySource({ activities }: UsersContext['store'], tail: TailOptions): SharedSource<Activity, null> {
  const source: StoreTailSource<Activity> = {
    readNotified: ({ id }) => activities.byIds([String(id)]),
    async readSince(time) {
      const newestFirst = await activities.feed({ after: null, limit: maxRecovered });
      return newestFirst.filter(({ createdAt }) => createdAt >= time).toReversed();
    },
    keyOf: ({ id }) => id,
  };
  return createSharedSource({ open: (signal) => tailStore(activityTopic, source, tail, signal) });
}
