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
registerEnumType(ActivityLifetime, { name: 'ActivityLifetime', description: 'How long an activity stays.' });

@InputType()
export class PostActivityInput {
  @Field(() => String, { description: '1 to 280 characters.' })
  message!: string;

  @Field(() => ActivityLifetime, { defaultValue: ActivityLifetime.SEVEN_DAYS })
  lifetime!: ActivityLifetime;
}

@ObjectType()
export class PostActivityPayload {
  @Field(() => Activity)
  activity!: Activity;
}

@InputType()
export class ReplyToActivityInput {
  @Field(() => ID)
  activityId!: string;

  @Field(() => String, { description: '1 to 1024 characters.' })
  message!: string;
}

@ObjectType()
export class ReplyToActivityPayload {
  @Field(() => Activity, { description: 'The reply.' })
  activity!: Activity;
}

@InputType()
export class SetActivityLikeInput {
  @Field(() => ID)
  activityId!: string;

  @Field(() => Boolean)
  liked!: boolean;
}

@ObjectType()
export class SetActivityLikePayload {
  @Field(() => Activity)
  activity!: Activity;
}

@InputType()
export class DeleteActivityInput {
  @Field(() => ID)
  activityId!: string;
}

@ObjectType()
export class DeleteActivityPayload {
  @Field(() => ID, { description: 'The activity that is no more.' })
  activityId!: string;
}
