import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum JobStatus {
  DRAFT = 'DRAFT',
  QUEUED_FOR_REVIEW = 'QUEUED_FOR_REVIEW',
  CHANGES_REQUESTED = 'CHANGES_REQUESTED',
  REJECTED = 'REJECTED',
  PUBLISHED = 'PUBLISHED',
  PRIVATE_OUTREACH = 'PRIVATE_OUTREACH',
  CLOSED = 'CLOSED',
  ARCHIVED = 'ARCHIVED',
}
registerEnumType(JobStatus, { name: 'JobStatus' });

export enum JobAction {
  SUBMIT = 'SUBMIT',
  RETRACT = 'RETRACT',
  APPROVE = 'APPROVE',
  REQUEST_CHANGES = 'REQUEST_CHANGES',
  REJECT = 'REJECT',
  MAKE_PRIVATE = 'MAKE_PRIVATE',
  CLOSE = 'CLOSE',
  REOPEN = 'REOPEN',
  ARCHIVE = 'ARCHIVE',
}
registerEnumType(JobAction, { name: 'JobAction' });

export enum Distribution {
  PUBLIC = 'PUBLIC',
  PRIVATE_OUTREACH = 'PRIVATE_OUTREACH',
}
registerEnumType(Distribution, { name: 'Distribution', description: 'Whom a job is for: everyone, or those invited.' });

@Directive('@key(fields: "id")')
@ObjectType({ description: 'Work that somebody looks for a freelancer for.' })
@Entity('jobs')
export class Job {
  @Directive('@broadcast')
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => String)
  @Column('text')
  title!: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { name: 'company_or_author', nullable: true })
  companyOrAuthor!: string | null;

  @Directive('@broadcast')
  @Field(() => String, { description: 'Empty in a draft that has none yet.' })
  @Column('text')
  summary!: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { name: 'creative_direction', nullable: true })
  creativeDirection!: string | null;

  @Directive('@broadcast')
  @Field(() => [String], { description: 'Titles that it shall be compared with.' })
  @Column('text', { name: 'comp_titles', array: true })
  compTitles!: string[];

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  likes!: string | null;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  dislikes!: string | null;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  budget!: string | null;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  timeline!: string | null;

  @Directive('@broadcast')
  @Field(() => Distribution)
  @Column('text')
  distribution!: Distribution;

  @Directive('@broadcast')
  @Field(() => Date, { nullable: true })
  @Column('timestamptz', { name: 'published_at', nullable: true })
  publishedAt!: Date | null;

  @Directive('@broadcast')
  @Field(() => Date, { nullable: true, description: 'From then on it takes no proposals and reads CLOSED.' })
  @Column('timestamptz', { name: 'closes_at', nullable: true })
  closesAt!: Date | null;

  @Directive('@broadcast')
  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** As it was set; what it counts as now depends on `closesAt`. */
  @Column('text')
  status!: JobStatus;

  @Column('uuid', { name: 'poster_id' })
  posterId!: string;

  @Column('uuid', { name: 'project_type_id' })
  projectTypeId!: string;

  @Column('text', { name: 'show_slug', nullable: true })
  showSlug!: string | null;

  @Column('uuid', { name: 'audience_ids', array: true })
  audienceIds!: string[];

  @Column('uuid', { name: 'genre_ids', array: true })
  genreIds!: string[];

  @Column('uuid', { name: 'attachment_ids', array: true })
  attachmentIds!: string[];

  @Column('text', { name: 'review_notes', nullable: true })
  reviewNotes!: string | null;

  /** Since when it waits for a review. */
  @Column('timestamptz', { name: 'submitted_at' })
  submittedAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** A proposal was accepted. */
  @Column('boolean', { name: 'is_filled' })
  isFilled!: boolean;
}

export const JobConnection = defineConnection<Job>('Job', () => Job);
export type JobConnection = Connection<Job>;
