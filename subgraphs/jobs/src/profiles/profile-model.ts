import { connectionOf, type Connection } from '@marquee/chassis/paging/connection';
import { GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ProfileStatus } from './profile-status.js';

@ObjectType()
export class WebsiteLink {
  @Field(() => String)
  label!: string;

  @Field(() => GraphQLURL, { description: 'http or https.' })
  url!: string;
}

@Directive('@key(fields: "id")')
@Directive('@key(fields: "slug")')
@ObjectType({ description: 'What a freelancer shows of themselves and their work.' })
@Entity('freelancer_profiles')
export class FreelancerProfile {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'Made from the first name given; it stays when the name changes.' })
  @Column('text')
  slug!: string;

  @Field(() => String)
  @Column('text')
  name!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  pronouns!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  summary!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  statement!: string | null;

  @Field(() => [WebsiteLink])
  @Column('jsonb', { name: 'website_links' })
  websiteLinks!: WebsiteLink[];

  @Field(() => [String])
  @Column('text', { name: 'current_locations', array: true })
  currentLocations!: string[];

  @Field(() => [String])
  @Column('text', { name: 'past_locations', array: true })
  pastLocations!: string[];

  @Field(() => Boolean)
  @Column('boolean', { name: 'uses_ai' })
  usesAi!: boolean;

  @Field(() => String, { nullable: true })
  @Column('text', { name: 'ai_details', nullable: true })
  aiDetails!: string | null;

  @Field(() => [String])
  @Column('text', { name: 'books_excited_about', array: true })
  booksExcitedAbout!: string[];

  @Field(() => String, { nullable: true })
  @Column('text', { name: 'rate_info', nullable: true })
  rateInfo!: string | null;

  @Field(() => Boolean, { description: 'The house recommends it; it comes first in the order FEATURED.' })
  @Column('boolean')
  featured!: boolean;

  @Field(() => ProfileStatus)
  @Column('text')
  status!: ProfileStatus;

  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'owner_id' })
  ownerId!: string;

  @Column('uuid', { name: 'audience_ids', array: true })
  audienceIds!: string[];

  @Column('uuid', { name: 'style_ids', array: true })
  styleIds!: string[];

  @Column('uuid', { name: 'genre_ids', array: true })
  genreIds!: string[];

  @Column('uuid', { name: 'image_tag_ids', array: true })
  imageTagIds!: string[];

  @Column('uuid', { name: 'avatar_id', nullable: true })
  avatarId!: string | null;

  @Column('uuid', { name: 'resume_id', nullable: true })
  resumeId!: string | null;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('boolean', { name: 'has_agent' })
  hasAgent!: boolean;

  @Column('text', { name: 'agent_details', nullable: true })
  agentDetails!: string | null;

  @Column('text', { name: 'employer_details', nullable: true })
  employerDetails!: string | null;

  @Column('uuid', { name: 'review_owner_id', nullable: true })
  reviewOwnerId!: string | null;

  /** What the last moderator said to the owner. */
  @Column('text', { name: 'review_message', nullable: true })
  reviewMessage!: string | null;

  @Column('timestamptz', { name: 'last_reviewed_at', nullable: true })
  lastReviewedAt!: Date | null;

  @Column('timestamptz', { name: 'submitted_at' })
  submittedAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** The name without accents and capitals, as it is sorted and searched. */
  @Column('text', { name: 'folded_name' })
  foldedName!: string;

  @Column('text', { name: 'folded_locations', select: false })
  foldedLocations!: string;

  /** What a search looks at; the database makes it. */
  @Column({ type: 'tsvector', select: false, insert: false, update: false })
  search!: string;
}

export const FreelancerConnection = connectionOf<FreelancerProfile>('Freelancer', () => FreelancerProfile);
export type FreelancerConnection = Connection<FreelancerProfile>;
