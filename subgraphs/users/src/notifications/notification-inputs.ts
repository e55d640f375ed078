import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

@InputType({
  description: 'The notifications to mark as read: either `ids` or `upTo`; all of the caller if neither is given.',
})
export class MarkNotificationsReadInput {
  @Field(() => [ID], {
    nullable: true,
    description: "The ids of up to 100 notifications. Other users' notifications are ignored.",
  })
  ids?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'The id of a notification: this one and every older one.' })
  upTo?: string | null;
}

@ObjectType({ description: 'The result of `markNotificationsRead`.' })
export class MarkNotificationsReadPayload {
  @Field(() => Int, { description: 'The number of notifications that were unread and are now read.' })
  markedCount!: number;

  @Field(() => Int, { description: 'The number of notifications that are still unread.' })
  unreadCount!: number;
}
