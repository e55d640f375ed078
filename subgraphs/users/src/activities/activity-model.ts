import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A short public message that disappears when its time is over.' })
@Entity('activities')
export class Activity {
  @Directive('@broadcast')
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => String)
  @Column('text')
  message!: string;

  @Directive('@broadcast')
  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Directive('@broadcast')
  @Field(() => Date, { nullable: true, description: 'From then on it is gone. A reply goes with what it answers.' })
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Directive('@broadcast')
  @Field(() => Int)
  @Column('integer', { name: 'like_count' })
  likeCount!: number;

  @Directive('@broadcast')
  @Field(() => Int)
  @Column('integer', { name: 'reply_count' })
  replyCount!: number;

  @Column('uuid', { name: 'author_id' })
  authorId!: string;

  @Column('uuid', { name: 'reply_to_id', nullable: true })
  replyToId!: string | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}

export const ActivityConnection = defineConnection<Activity>('Activity', () => Activity);
export type ActivityConnection = Connection<Activity>;
