import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Distribution, Job, JobAction } from './job-model.js';
import { maxRanked } from './job-relevance-store.js';

@InputType({
  description:
    'Restricts a list of jobs. All given fields must match; of a list of slugs, at least one. An empty list or null does ' +
    'not restrict.',
})
export class JobFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'Search text, up to 200 characters. Matches words in the texts of a job, with support for "quoted phrases", `or` ' +
      'and -exclusions.',
  })
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category PROJECT_TYPE, up to 50.' })
  projectTypes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category GENRE, up to 50.' })
  genres?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category AUDIENCE, up to 50.' })
  audiences?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Slug of the show that the job is for.' })
  showSlug?: string | null;
}

export enum JobSort {
  NEWEST = 'NEWEST',
  OLDEST = 'OLDEST',
  DEADLINE = 'DEADLINE',
  ALPHABETICAL = 'ALPHABETICAL',
  RELEVANCE = 'RELEVANCE',
}
registerEnumType(JobSort, {
  name: 'JobSort',
  description: 'Sort order of a list of jobs.',
  valuesConfig: {
    NEWEST: { description: 'The most recently published jobs first.' },
    OLDEST: { description: 'The jobs that were published first come first.' },
    DEADLINE: { description: 'By `closesAt`, the next one first. Jobs that do not close by themselves are last.' },
    ALPHABETICAL: { description: 'By title from A to Z, without regard to case and accents.' },
    RELEVANCE: {
      description:
        'Best matches of `filter.search` first, which it requires: words in the title count most. For a very common search ' +
        `word the newest ${maxRanked} matches are ranked; older matches follow by time of publication.`,
    },
  },
});

@ArgsType()
export class JobsArgs extends PageArgs {
  @Field(() => JobFilter, { nullable: true, description: 'Restricts the list. All public jobs if omitted.' })
  filter?: JobFilter | null;

  @Field(() => JobSort, {
    nullable: true,
    defaultValue: JobSort.NEWEST,
    description:
      'Sort order. A cursor is only valid with the sort order and the filter that it came from. RELEVANCE pages only forward.',
  })
  sort?: JobSort | null;
}

/** The optional fields that drafting and updating a job share. */
@InputType()
abstract class JobBrief {
  @Field(() => String, {
    nullable: true,
    description: 'Company or author that the work is for, up to 150 characters.',
  })
  companyOrAuthor?: string | null;

  @Field(() => ID, { nullable: true, description: 'Slug of the show that the job is for, such as "show/example".' })
  showSlug?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The work in plain text, up to 2000 characters. Required for SUBMIT.',
  })
  summary?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Creative direction in plain text, up to 5000 characters.',
  })
  creativeDirection?: string | null;

  @Field(() => [String], { nullable: true, description: 'Comparable titles: up to 20, each up to 150 characters.' })
  compTitles?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Styles, motifs and examples that the poster likes, in plain text, up to 2000 characters.',
  })
  likes?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Styles, motifs and examples that the poster dislikes, in plain text, up to 2000 characters.',
  })
  dislikes?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 ids of terms of the category AUDIENCE.' })
  audienceIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 ids of terms of the category GENRE.' })
  genreIds?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Budget as free text, up to 200 characters.' })
  budget?: string | null;

  @Field(() => String, { nullable: true, description: 'Timeline as free text, up to 200 characters.' })
  timeline?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Up to 10 media that the caller uploaded with the purpose JOB_ATTACHMENT.',
  })
  attachmentIds?: string[] | null;

  @Field(() => Distribution, {
    nullable: true,
    description: 'Audience of the job once it is approved. PUBLIC by default.',
  })
  distribution?: Distribution | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When the job stops accepting proposals (UTC), in the future. Null for no deadline.',
  })
  closesAt?: Date | null;
}

@InputType({ description: 'A new job.' })
export class DraftJobInput extends JobBrief {
  @Field(() => String, { description: 'Title, 1 to 150 characters.' })
  title!: string;

  @Field(() => ID, { description: 'Kind of work: the id of a term of the category PROJECT_TYPE.' })
  projectTypeId!: string;
}

@ObjectType({ description: 'Result of `draftJob`.' })
export class DraftJobPayload {
  @Field(() => Job, { description: 'The new job, a DRAFT.' })
  job!: Job;
}

@InputType({
  description:
    'Changes to a job. Omitted fields keep their value; null clears an optional field. Every field can change while the ' +
    'job is DRAFT or CHANGES_REQUESTED. Of a PUBLISHED, PRIVATE_OUTREACH or CLOSED job only `closesAt` can change, and ' +
    'nothing once a proposal has been accepted. A job that has closed at its `closesAt` opens again if that changes.',
})
export class UpdateJobInput extends JobBrief {
  @Field(() => ID, { description: 'Job to change, which the caller posted.' })
  jobId!: string;

  @Field(() => String, { nullable: true, description: 'Title, 1 to 150 characters. Cannot be cleared.' })
  title?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Kind of work: the id of a term of the category PROJECT_TYPE. Cannot be cleared.',
  })
  projectTypeId?: string | null;
}

@ObjectType({ description: 'Result of `updateJob`.' })
export class UpdateJobPayload {
  @Field(() => Job, { description: 'The job after the change.' })
  job!: Job;
}

@InputType({ description: 'An action on a job.' })
export class ActOnJobInput {
  @Field(() => ID, { description: 'Job to act on.' })
  jobId!: string;

  @Field(() => JobAction, { description: 'One of the `validActions` of the job for the caller.' })
  action!: JobAction;

  @Field(() => String, {
    nullable: true,
    description: 'Up to 2000 characters. Replaces the `reviewNotes` of the job, which are kept if omitted.',
  })
  note?: string | null;
}

@ObjectType({ description: 'Result of `actOnJob`.' })
export class ActOnJobPayload {
  @Field(() => Job, { description: 'The job after the action.' })
  job!: Job;
}

@InputType({ description: 'Freelancers to invite to a job.' })
export class InviteToJobInput {
  @Field(() => ID, { description: 'Job to invite to, which the caller posted.' })
  jobId!: string;

  @Field(() => [ID], {
    description: '1 to 50 ids of APPROVED freelancer profiles. Earlier invitations remain. At most 200 per job.',
  })
  profileIds!: string[];
}

@ObjectType({ description: 'Result of `inviteToJob`.' })
export class InviteToJobPayload {
  @Field(() => Job, { description: 'The job with the new `invited`.' })
  job!: Job;
}
