import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Distribution, Job, JobAction } from './job-model.js';

/** What a job can be told of besides its title and kind. */
@InputType()
abstract class JobBrief {
  @Field(() => String, { nullable: true, description: 'Up to 150 characters.' })
  companyOrAuthor?: string | null;

  @Field(() => ID, { nullable: true, description: 'The show that it is for.' })
  showSlug?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 2000 characters. Needed to submit it.' })
  summary?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 5000 characters.' })
  creativeDirection?: string | null;

  @Field(() => [String], { nullable: true, description: 'Up to 20, each up to 150 characters.' })
  compTitles?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Up to 2000 characters.' })
  likes?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 2000 characters.' })
  dislikes?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 terms of the category AUDIENCE.' })
  audienceIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 terms of the category GENRE.' })
  genreIds?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Up to 200 characters.' })
  budget?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 200 characters.' })
  timeline?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 10 media of your own with the purpose JOB_ATTACHMENT.' })
  attachmentIds?: string[] | null;

  @Field(() => Distribution, { nullable: true, description: 'PUBLIC unless given.' })
  distribution?: Distribution | null;

  @Field(() => Date, { nullable: true, description: 'A time ahead.' })
  closesAt?: Date | null;
}

@InputType()
export class DraftJobInput extends JobBrief {
  @Field(() => String, { description: '1 to 150 characters.' })
  title!: string;

  @Field(() => ID, { description: 'A term of the category PROJECT_TYPE.' })
  projectTypeId!: string;
}

@ObjectType()
export class DraftJobPayload {
  @Field(() => Job)
  job!: Job;
}

@InputType({
  description:
    'A field that is left out stays as it is; null clears it where a job may lack it. All can change in a draft and ' +
    'while changes are requested; what was reviewed stays, but for the time that the job closes at.',
})
export class UpdateJobInput extends JobBrief {
  @Field(() => ID)
  jobId!: string;

  @Field(() => String, { nullable: true, description: '1 to 150 characters.' })
  title?: string | null;

  @Field(() => ID, { nullable: true, description: 'A term of the category PROJECT_TYPE.' })
  projectTypeId?: string | null;
}

@ObjectType()
export class UpdateJobPayload {
  @Field(() => Job)
  job!: Job;
}

@InputType()
export class ActOnJobInput {
  @Field(() => ID)
  jobId!: string;

  @Field(() => JobAction)
  action!: JobAction;

  @Field(() => String, {
    nullable: true,
    description: 'Up to 2000 characters; becomes the `reviewNotes` of the job.',
  })
  note?: string | null;
}

@ObjectType()
export class ActOnJobPayload {
  @Field(() => Job)
  job!: Job;
}

@InputType()
export class InviteToJobInput {
  @Field(() => ID)
  jobId!: string;

  @Field(() => [ID], { description: '1 to 50 approved profiles. Who is invited already stays invited.' })
  profileIds!: string[];
}

@ObjectType()
export class InviteToJobPayload {
  @Field(() => Job)
  job!: Job;
}

@InputType({ description: 'Everything that is given has to hold; of a list of terms, any one.' })
export class JobFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Words of its texts, "a phrase", either or other, -without; up to 200 characters.',
  })
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  projectTypes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  genres?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  audiences?: string[] | null;

  @Field(() => ID, { nullable: true })
  showSlug?: string | null;
}
