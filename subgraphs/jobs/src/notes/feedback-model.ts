import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ForStaff } from '../access.js';

@ForStaff
@ObjectType({ description: 'How it was to work with a freelancer.' })
@Entity('feedback')
export class Feedback {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String)
  @Column('text')
  body!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { name: 'project_context', nullable: true })
  projectContext!: string | null;

  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'profile_id' })
  profileId!: string;

  @Column('uuid', { name: 'author_id' })
  authorId!: string;
}

export const FeedbackConnection = defineConnection<Feedback>('Feedback', () => Feedback);
export type FeedbackConnection = Connection<Feedback>;
