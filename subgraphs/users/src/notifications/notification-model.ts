import { Authorize } from '@marquee/chassis/graphql/authorize';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Activity } from '../activities/activity-model.js';
import { NotificationKind, storedKind } from './notification-kinds.js';

@Authorize('user')
@ObjectType({
  description:
    'Something that concerns the caller. Visible only to the caller, for 180 days; one about an activity disappears with ' +
    'the activity.',
})
@Entity('notifications')
export class Notification {
  @Field(() => ID, { description: 'The id of the notification. Later notifications have greater ids.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => NotificationKind, { description: 'The event that caused the notification.' })
  @Column('text', { transformer: { from: storedKind, to: (kind: NotificationKind) => kind } })
  kind!: NotificationKind;

  @Field(() => Int, {
    description:
      'The number of users who caused it: unread likes of one activity are one notification. 1 for all other kinds.',
  })
  @Column('integer', { name: 'actor_count' })
  actorCount!: number;

  @Field(() => Date, { description: 'When it happened; for likes, when the first of them did.' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the caller marked it as read. Null while it is unread.' })
  @Column('timestamptz', { name: 'read_at', nullable: true })
  readAt!: Date | null;

  @ManyToOne(() => Activity)
  @JoinColumn({ name: 'activity_id' })
  activity!: Activity | null;

  @Column('text', { name: 'subject_type', nullable: true })
  subjectType!: string | null;

  @Column('uuid', { name: 'subject_id', nullable: true })
  subjectId!: string | null;

  @Column('text', { nullable: true })
  occasion!: string | null;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('uuid', { name: 'actor_id', nullable: true })
  actorId!: string | null;
}

export const NotificationConnection = defineConnection<Notification>('Notification', () => Notification);
export type NotificationConnection = Connection<Notification>;
