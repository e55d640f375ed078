import type { BusMessage } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { batchWithin } from '@marquee/chassis/timing/batch-within';
import { Directive, Field, ID, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { activityChanges } from '../topics.js';
import { Activity } from './activity-model.js';

@ObjectType({ description: 'A change of an activity or reply after it was posted.' })
export class ActivityChange {
  @Directive('@broadcast')
  @Field(() => ID, { description: 'The id of the activity.' })
  activityId!: string;

  @Directive('@broadcast')
  @Field(() => Activity, {
    nullable: true,
    description: 'The activity in its current state. Null if it was deleted.',
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
      'Each activity or reply whose `likeCount` or `replyCount` changes, and each that is deleted by its author or an admin. ' +
      'Several changes of one activity within a quarter of a second are delivered as one. Changes during an interruption ' +
      'are not repeated: after `extensions.gap`, read the list again. Public.',
    subscribe: ({ context }) => changes(context as UsersContext),
  })
  activityChanged(@Root() change: ActivityChange): ActivityChange {
    return change;
  }
}

function changes({ bus, store }: UsersContext): AsyncIterableIterator<ActivityChange> {
  return cancellable((signal) => currentStates(bus.subscribe(activityChanges, signal), store));
}

async function* currentStates(
  messages: AsyncIterable<BusMessage>,
  { activities }: UsersContext['store'],
): AsyncGenerator<ActivityChange> {
  for await (const batch of batchWithin(messages, collectMs)) {
    const ids = [...new Set(batch.map(({ id }) => String(id)))];
    const byId = new Map((await activities.byIds(ids)).map((activity) => [activity.id, activity]));
    for (const activityId of ids) yield { activityId, activity: byId.get(activityId) ?? null };
  }
}
