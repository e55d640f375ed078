import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Activity } from './activity-model.js';

export enum ActivityLifetime {
  ONE_HOUR = 'ONE_HOUR',
  THREE_HOURS = 'THREE_HOURS',
  TWELVE_HOURS = 'TWELVE_HOURS',
  ONE_DAY = 'ONE_DAY',
  THREE_DAYS = 'THREE_DAYS',
  SEVEN_DAYS = 'SEVEN_DAYS',
  THIRTY_DAYS = 'THIRTY_DAYS',
}
registerEnumType(ActivityLifetime, {
  name: 'ActivityLifetime',
  description: 'How long an activity is visible after it was posted.',
  valuesConfig: {
    ONE_HOUR: { description: '1 hour.' },
    THREE_HOURS: { description: '3 hours.' },
    TWELVE_HOURS: { description: '12 hours.' },
    ONE_DAY: { description: '24 hours.' },
    THREE_DAYS: { description: '72 hours.' },
    SEVEN_DAYS: { description: '7 times 24 hours.' },
    THIRTY_DAYS: { description: '30 times 24 hours.' },
  },
});

@InputType({ description: 'The activity to post.' })
export class PostActivityInput {
  @Field(() => String, { description: 'The text: 1 to 280 characters.' })
  message!: string;

  @Field(() => ActivityLifetime, {
    defaultValue: ActivityLifetime.SEVEN_DAYS,
    description: 'How long the activity is visible.',
  })
  lifetime!: ActivityLifetime;
}

@ObjectType({ description: 'The result of `postActivity`.' })
export class PostActivityPayload {
  @Field(() => Activity, { description: 'The new activity.' })
  activity!: Activity;
}

@InputType({ description: 'The reply to post.' })
export class ReplyToActivityInput {
  @Field(() => ID, { description: 'The id of the activity to reply to.' })
  activityId!: string;

  @Field(() => String, { description: 'The text: 1 to 1024 characters.' })
  message!: string;
}

@ObjectType({ description: 'The result of `replyToActivity`.' })
export class ReplyToActivityPayload {
  @Field(() => Activity, { description: 'The new reply.' })
  activity!: Activity;
}

@InputType({ description: 'Whether the caller likes an activity.' })
export class SetActivityLikeInput {
  @Field(() => ID, { description: 'The id of the activity.' })
  activityId!: string;

  @Field(() => Boolean, { description: 'True to like the activity, false to remove the like.' })
  liked!: boolean;
}

@ObjectType({ description: 'The result of `setActivityLike`.' })
export class SetActivityLikePayload {
  @Field(() => Activity, { description: 'The activity with its new `likeCount` and `likedByMe`.' })
  activity!: Activity;
}

@InputType({ description: 'The activity to delete.' })
export class DeleteActivityInput {
  @Field(() => ID, { description: 'The id of the activity.' })
  activityId!: string;
}

@ObjectType({ description: 'The result of `deleteActivity`.' })
export class DeleteActivityPayload {
  @Field(() => ID, { description: 'The id of the deleted activity.' })
  activityId!: string;
}
