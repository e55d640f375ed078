import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ForStaff } from '../access.js';

@ForStaff
@ObjectType({
  description: 'Feedback on the collaboration with a freelancer. For hiring users, reviewers and admins only.',
})
@Entity('feedback')
export class Feedback {
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'Plain text, up to 4000 characters.' })
  @Column('text')
  body!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The project that the feedback refers to, up to 200 characters. Null if not given.',
  })
  @Column('text', { name: 'project_context', nullable: true })
  projectContext!: string | null;

  @Field(() => Date, { description: 'When the feedback was given (UTC).' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'profile_id' })
  profileId!: string;

  @Column('uuid', { name: 'author_id' })
  authorId!: string;
}

export const FeedbackConnection = defineConnection<Feedback>('Feedback', () => Feedback);
export type FeedbackConnection = Connection<Feedback>;
