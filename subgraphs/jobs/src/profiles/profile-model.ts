import { Node } from '@marquee/chassis/graphql/node-interface';
import { defineConnection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLURL } from 'graphql-scalars';
import type { FacetedConnection } from '../facets/facet-model.js';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ProfileStatus } from './profile-status.js';

@ObjectType({ description: 'A link from a freelancer profile to a website.' })
export class WebsiteLink {
  @Field(() => String, { description: 'Text of the link, 1 to 50 characters.' })
  label!: string;

  @Field(() => GraphQLURL, { description: 'Address of the website, http or https.' })
  url!: string;
}

@Directive('@key(fields: "id")')
@Directive('@key(fields: "slug")')
@ObjectType({
  implements: Node,
  description:
    'The profile of a freelancer. A user has at most one. Public once it is APPROVED; before that it is visible to its ' +
    'owner, reviewers and admins only.',
})
@Entity('freelancer_profiles')
export class FreelancerProfile {
  @Field(() => ID, { description: 'Opaque, stable identifier. Not the id of the user, which is `owner.id`.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, {
    description:
      'URL-friendly name, unique among profiles. Generated from the first name that was saved and then fixed.',
  })
  @Column('text')
  slug!: string;

  @Field(() => String, { description: 'Professional name, up to 100 characters. Empty until one has been saved.' })
  @Column('text')
  name!: string;

  @Field(() => String, { nullable: true, description: 'Pronouns, up to 50 characters. Null if not given.' })
  @Column('text', { nullable: true })
  pronouns!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Short summary for lists, up to 300 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  summary!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Artistic statement, plain text, up to 5000 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  statement!: string | null;

  @Field(() => [WebsiteLink], { description: 'Up to 10 links, in the order that the owner chose.' })
  @Column('jsonb', { name: 'website_links' })
  websiteLinks!: WebsiteLink[];

  @Field(() => [String], { description: 'Where the freelancer lives and works now: up to 10 places as free text.' })
  @Column('text', { name: 'current_locations', array: true })
  currentLocations!: string[];

  @Field(() => [String], { description: 'Where the freelancer lived and worked before: up to 20 places as free text.' })
  @Column('text', { name: 'past_locations', array: true })
  pastLocations!: string[];

  @Field(() => Boolean, { description: 'Whether the freelancer uses generative AI in their work.' })
  @Column('boolean', { name: 'uses_ai' })
  usesAi!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'How the freelancer uses generative AI, up to 1000 characters. Null if not given.',
  })
  @Column('text', { name: 'ai_details', nullable: true })
  aiDetails!: string | null;

  @Field(() => [String], { description: 'Books that the freelancer is excited about: up to 20 titles as free text.' })
  @Column('text', { name: 'books_excited_about', array: true })
  booksExcitedAbout!: string[];

  @Field(() => String, {
    nullable: true,
    description: 'Rates as free text, up to 500 characters. Null if not given.',
  })
  @Column('text', { name: 'rate_info', nullable: true })
  rateInfo!: string | null;

  @Field(() => Boolean, {
    description: 'Whether reviewers recommend the profile. Recommended profiles come first in the sort order FEATURED.',
  })
  @Column('boolean')
  featured!: boolean;

  @Field(() => ProfileStatus, { description: 'Stage of the profile in its review.' })
  @Column('text')
  status!: ProfileStatus;

  @Field(() => Date, { description: 'When the profile was created (UTC).' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'owner_id' })
  ownerId!: string;

  /** Whether the account of the owner is active. A profile of another one is hidden. */
  @Column({ type: 'boolean', name: 'owner_is_active', insert: false, update: false })
  ownerIsActive!: boolean;

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

  /** The note to the owner from the moderator's last action. */
  @Column('text', { name: 'review_message', nullable: true })
  reviewMessage!: string | null;

  @Column('timestamptz', { name: 'last_reviewed_at', nullable: true })
  lastReviewedAt!: Date | null;

  @Column('timestamptz', { name: 'submitted_at' })
  submittedAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** The name without accents and in lower case, for sorting and searching. */
  @Column('text', { name: 'folded_name' })
  foldedName!: string;

  @Column('text', { name: 'folded_locations', select: false })
  foldedLocations!: string;

  /** The full-text search document, a generated column. */
  @Column({ type: 'tsvector', select: false, insert: false, update: false })
  search!: string;
}

export const FreelancerConnection = defineConnection<FreelancerProfile>('Freelancer', () => FreelancerProfile, {
  isCounted: true,
});
export type FreelancerConnection = FacetedConnection<FreelancerProfile>;
