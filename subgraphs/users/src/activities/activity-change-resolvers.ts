import type { BusMessage } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { causeOf, withCause } from '@marquee/chassis/bus/event-cause';
import { StreamPosition } from '@marquee/chassis/bus/stream-position';
import { isTick } from '@marquee/chassis/bus/tail-store';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import { batchWithin } from '@marquee/chassis/timing/batch-within';
import { Directive, Field, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Activity } from './activity-model.js';

@ObjectType({ description: 'A change of an activity or reply after it was posted.' })
export class ActivityChange {
  @Directive('@broadcast')
  @Field(() => ID, { description: 'The id of the activity.' })
  activityId!: string;

  @Directive('@broadcast')
  @Field(() => Activity, {
    nullable: true,
    description: 'The activity in its current state. Null if it was deleted or has expired.',
  })
  activity!: Activity | null;
}

/** Milliseconds for which the changes of an activity are collected. */
const collectMs = 250;

@Resolver()
export class ActivityChangeResolver {
  @Directive('@broadcast')
  @Subscription(() => ActivityChange, {
    description:
      'Each activity or reply whose `likeCount` or `replyCount` changes, and each that disappears: it is deleted by its ' +
      'author or an admin, is erased with the account of its author, or expires, which is reported within seconds. Several ' +
      'changes of one activity within a quarter of a second are delivered as one. Changes during an interruption are not ' +
      'repeated: after `extensions.gap`, read the list again. Public.',
    subscribe: ({ context }) => changes(context as UsersContext),
  })
  activityChanged(@Root() change: ActivityChange): ActivityChange {
    return change;
  }
}

function changes({ activityWatch, store }: UsersContext): AsyncIterableIterator<ActivityChange | StreamPosition> {
  return cancellable((signal) =>
    currentStates(activityWatch.follow(signal), getOrCreate(loaders, store, createLoader)),
  );
}

async function* currentStates(
  messages: AsyncIterable<BusMessage>,
  activities: ReturnType<typeof createLoader>,
): AsyncGenerator<ActivityChange | StreamPosition> {
  for await (const batch of batchWithin(messages, collectMs)) {
    const causes = causesById(batch.filter((message) => !isTick(message)));
    const ids = [...causes.keys()];
    const current = await Promise.all(ids.map((id) => activities.load(id)));
    for (const [index, activityId] of ids.entries())
      yield withCause({ activityId, activity: current[index] ?? null }, causes.get(activityId));
    if (batch.some(isTick)) yield new StreamPosition(undefined, true);
  }
}

/** The activities of a batch, each with the latest known cause of its changes. */
function causesById(batch: readonly BusMessage[]): Map<string, string | undefined> {
  const causes = new Map<string, string | undefined>();
  for (const message of batch) {
    const id = String(message['id']);
    causes.set(id, causeOf(message) ?? causes.get(id));
  }
  return causes;
}

/** All subscriptions share the reads of changed activities. */
function createLoader({ activities }: UsersContext['store']) {
  return createCurrentRowLoader(activities.byIds, ({ id }) => id);
}

const loaders = new WeakMap<UsersContext['store'], ReturnType<typeof createLoader>>();
