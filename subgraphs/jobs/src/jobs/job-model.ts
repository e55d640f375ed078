import { Node } from '@marquee/chassis/graphql/node-interface';
import { defineConnection } from '@marquee/chassis/paging/relay-connection';
import type { FacetedConnection } from '../facets/facet-model.js';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
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
registerEnumType(JobStatus, {
  name: 'JobStatus',
  description:
    'The stage of a job from draft to archive. Only a PUBLISHED job is public; the description of `Job` covers the others.',
  valuesConfig: {
    DRAFT: { description: 'Not submitted for review yet.' },
    QUEUED_FOR_REVIEW: { description: 'Submitted by its poster and waiting for a reviewer.' },
    CHANGES_REQUESTED: { description: 'Returned to its poster to be changed and resubmitted.' },
    REJECTED: { description: 'Turned down by a reviewer.' },
    PUBLISHED: { description: 'Public, and accepts proposals.' },
    PRIVATE_OUTREACH: { description: 'Accepts proposals. Of the freelancers, only those who are invited see it.' },
    CLOSED: {
      description:
        'No longer accepts proposals: its poster closed it, `closesAt` has passed, or a proposal was accepted.',
    },
    ARCHIVED: { description: 'Put away by its poster. All its open proposals have been declined.' },
  },
});

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
registerEnumType(JobAction, {
  name: 'JobAction',
  description: 'An action that changes the status of a job; see `actOnJob`.',
  valuesConfig: {
    SUBMIT: { description: 'Poster: submits a DRAFT or CHANGES_REQUESTED job for review.' },
    RETRACT: { description: 'Poster: takes a QUEUED_FOR_REVIEW job back to DRAFT.' },
    APPROVE: {
      description:
        'Reviewer or admin: moves a QUEUED_FOR_REVIEW job to PUBLISHED or PRIVATE_OUTREACH, according to its ' +
        '`distribution`, unless `closesAt` has passed.',
    },
    REQUEST_CHANGES: { description: 'Reviewer or admin: returns a QUEUED_FOR_REVIEW job to its poster.' },
    REJECT: { description: 'Reviewer or admin: turns down a QUEUED_FOR_REVIEW job.' },
    MAKE_PRIVATE: { description: 'Reviewer or admin: moves a PUBLISHED job to PRIVATE_OUTREACH.' },
    CLOSE: { description: 'Poster: stops a PUBLISHED or PRIVATE_OUTREACH job from accepting proposals.' },
    REOPEN: {
      description:
        'Poster: moves a CLOSED job back to PUBLISHED or PRIVATE_OUTREACH, unless `closesAt` has passed, and a REJECTED ' +
        'or ARCHIVED job back to DRAFT. Not possible once a proposal has been accepted.',
    },
    ARCHIVE: { description: 'Poster: puts away a job in any status, and declines its open proposals.' },
  },
});

export enum Distribution {
  PUBLIC = 'PUBLIC',
  PRIVATE_OUTREACH = 'PRIVATE_OUTREACH',
}
registerEnumType(Distribution, {
  name: 'Distribution',
  description: 'The audience of a job once it is approved.',
  valuesConfig: {
    PUBLIC: { description: 'Everyone.' },
    PRIVATE_OUTREACH: { description: 'Of the freelancers, only those whom its poster has invited.' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  description:
    'Work that a hiring user, reviewer or admin offers to freelancers. Public while it is PUBLISHED; in any other status ' +
    'visible to its poster, reviewers, admins and freelancers who have made a proposal, and while it is PRIVATE_OUTREACH or ' +
    'CLOSED also to invited freelancers.',
})
@Entity('jobs')
export class Job {
  @Directive('@broadcast')
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => String, { description: 'Title, 1 to 150 characters.' })
  @Column('text')
  title!: string;

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description: 'Company or author that the work is for, up to 150 characters. Null if not given.',
  })
  @Column('text', { name: 'company_or_author', nullable: true })
  companyOrAuthor!: string | null;

  @Directive('@broadcast')
  @Field(() => String, { description: 'The work in plain text, up to 2000 characters. May be empty in a DRAFT.' })
  @Column('text')
  summary!: string;

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description: 'Creative direction in plain text, up to 5000 characters. Null if not given.',
  })
  @Column('text', { name: 'creative_direction', nullable: true })
  creativeDirection!: string | null;

  @Directive('@broadcast')
  @Field(() => [String], { description: 'Comparable titles: up to 20, each up to 150 characters.' })
  @Column('text', { name: 'comp_titles', array: true })
  compTitles!: string[];

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description:
      'Styles, motifs and examples that the poster likes, in plain text, up to 2000 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  likes!: string | null;

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description:
      'Styles, motifs and examples that the poster dislikes, in plain text, up to 2000 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  dislikes!: string | null;

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description: 'Budget as free text, up to 200 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  budget!: string | null;

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description: 'Timeline as free text, up to 200 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  timeline!: string | null;

  @Directive('@broadcast')
  @Field(() => Distribution, { description: 'Audience of the job once it is approved.' })
  @Column('text')
  distribution!: Distribution;

  @Directive('@broadcast')
  @Field(() => Date, {
    nullable: true,
    description:
      'When the job was last approved (UTC). Null before the first approval and after it was reopened as a DRAFT.',
  })
  @Column('timestamptz', { name: 'published_at', nullable: true })
  publishedAt!: Date | null;

  @Directive('@broadcast')
  @Field(() => Date, {
    nullable: true,
    description: 'When the job stops accepting proposals and its status becomes CLOSED (UTC). Null for no deadline.',
  })
  @Column('timestamptz', { name: 'closes_at', nullable: true })
  closesAt!: Date | null;

  @Directive('@broadcast')
  @Field(() => Date, { description: 'When the job was drafted (UTC).' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Directive('@broadcast')
  @Field(() => Int, {
    nullable: true,
    description: 'Position of the event in `jobPublished`, for its `after`. Null anywhere else than in its events.',
  })
  changeCursor?: number;

  /** The stored status. `effectiveStatus` also takes `closesAt` into account. */
  @Column('text')
  status!: JobStatus;

  @Column('uuid', { name: 'poster_id' })
  posterId!: string;

  /** Whether the account of the poster is active. A job of another one is hidden, and accepts no proposals. */
  @Column({ type: 'boolean', name: 'poster_is_active', insert: false, update: false })
  posterIsActive!: boolean;

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

  /** The user who wrote the review notes; null for notes that were written before this was stored. */
  @Column('uuid', { name: 'review_notes_by', nullable: true })
  reviewNotesById!: string | null;

  /** When the job entered the review queue. */
  @Column('timestamptz', { name: 'submitted_at' })
  submittedAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** Whether a proposal has been accepted. */
  @Column('boolean', { name: 'is_filled' })
  isFilled!: boolean;

  /** Whether it is CLOSED because `closesAt` had passed. False until that is stored, see `effectiveStatus`. */
  @Column('boolean', { name: 'closed_by_deadline' })
  closedByDeadline!: boolean;
}

export const JobConnection = defineConnection<Job>('Job', () => Job, { isCounted: true });
export type JobConnection = FacetedConnection<Job>;
