import { Node } from '@marquee/chassis/graphql/node-interface';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  description: 'A short public message, or a reply to one. It expires after the lifetime its author chose.',
})
@Entity('activities')
export class Activity {
  @Directive('@broadcast')
  @Field(() => ID, { description: 'The id of the activity.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => String, { description: 'The plain text: 1 to 280 characters, or up to 1024 for a reply.' })
  @Column('text')
  message!: string;

  @Directive('@broadcast')
  @Field(() => Date, { description: 'When the activity was posted.' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Directive('@broadcast')
  @Field(() => Date, {
    nullable: true,
    description: 'When the activity disappears. A reply disappears together with the activity it replies to.',
  })
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Directive('@broadcast')
  @Field(() => Int, { description: 'The number of users who like the activity.' })
  @Column('integer', { name: 'like_count' })
  likeCount!: number;

  @Directive('@broadcast')
  @Field(() => Int, {
    description: 'The number of replies, with those that are hidden while their author is deactivated.',
  })
  @Column('integer', { name: 'reply_count' })
  replyCount!: number;

  @Directive('@broadcast')
  @Field(() => Int, {
    nullable: true,
    description:
      'The position of the event in `activityAdded`, for its `after`. Null anywhere else than in its events.',
  })
  changeCursor?: number;

  @Column('uuid', { name: 'author_id' })
  authorId!: string;

  @Column('uuid', { name: 'reply_to_id', nullable: true })
  replyToId!: string | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}

export const ActivityConnection = defineConnection<Activity>('Activity', () => Activity);
export type ActivityConnection = Connection<Activity>;
