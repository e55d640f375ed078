import { Authorize } from '@marquee/chassis/graphql/authorize';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Activity } from '../activities/activity-model.js';

export enum NotificationKind {
  REPLY = 'REPLY',
  LIKE = 'LIKE',
}
registerEnumType(NotificationKind, {
  name: 'NotificationKind',
  description: 'The event that caused a notification.',
  valuesConfig: {
    REPLY: { description: 'Another user replied to an activity of the caller.' },
    LIKE: { description: 'Another user likes an activity of the caller.' },
  },
});

@Authorize('user')
@ObjectType({
  description:
    'Another user replied to or liked an activity of the caller. Visible only to the caller; it disappears with the activity.',
})
@Entity('notifications')
export class Notification {
  @Field(() => ID, { description: 'The id of the notification. Later notifications have greater ids.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => NotificationKind, { description: 'The event that caused the notification.' })
  @Column('text')
  kind!: NotificationKind;

  @Field(() => Activity, { description: 'The reply, or the activity that was liked.' })
  @ManyToOne(() => Activity)
  @JoinColumn({ name: 'activity_id' })
  activity!: Activity;

  @Field(() => Date, { description: 'When the user replied or liked.' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the caller marked it as read. Null while it is unread.' })
  @Column('timestamptz', { name: 'read_at', nullable: true })
  readAt!: Date | null;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('uuid', { name: 'actor_id' })
  actorId!: string;
}

export const NotificationConnection = defineConnection<Notification>('Notification', () => Notification);
export type NotificationConnection = Connection<Notification>;
