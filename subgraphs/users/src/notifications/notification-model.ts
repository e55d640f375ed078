import { Authorize } from '@marquee/chassis/graphql/authorize';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Activity } from '../activities/activity-model.js';

export enum NotificationKind {
  REPLY = 'REPLY',
  LIKE = 'LIKE',
}
registerEnumType(NotificationKind, { name: 'NotificationKind' });

@Authorize('user')
@ObjectType({ description: 'Somebody answered or liked what the caller posted.' })
@Entity('notifications')
export class Notification {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => NotificationKind)
  @Column('text')
  kind!: NotificationKind;

  @Field(() => Activity, { description: 'The reply, or the activity that was liked.' })
  @ManyToOne(() => Activity)
  @JoinColumn({ name: 'activity_id' })
  activity!: Activity;

  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true })
  @Column('timestamptz', { name: 'read_at', nullable: true })
  readAt!: Date | null;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('uuid', { name: 'actor_id' })
  actorId!: string;
}

export const NotificationConnection = defineConnection<Notification>('Notification', () => Notification);
export type NotificationConnection = Connection<Notification>;

@InputType({
  description: 'Which notifications to mark: these, or one and everything older; with neither, all of them.',
})
export class MarkNotificationsReadInput {
  @Field(() => [ID], { nullable: true, description: 'Up to 100. Those of other people do not count.' })
  ids?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'This notification and every older one.' })
  upTo?: string | null;
}

@ObjectType()
export class MarkNotificationsReadPayload {
  @Field(() => Int, { description: 'How many were unread and are read now.' })
  markedCount!: number;

  @Field(() => Int, { description: 'How many are still unread.' })
  unreadCount!: number;
}
