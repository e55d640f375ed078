import { GraphQLDate, GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { BookCover, ContributorKind } from './cover-model.js';

@InputType({ description: 'Everything that is given has to hold; of a list of terms, any one.' })
export class CoverFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Words of title, author and publisher, "a phrase", either or other, -without; up to 200 characters.',
  })
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  genres?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  audiences?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category IMAGE_TAG.' })
  visualTags?: string[] | null;
}

@InputType()
export class CoverContributorInput {
  @Field(() => String, { description: '1 to 100 characters.' })
  name!: string;

  @Field(() => ContributorKind)
  kind!: ContributorKind;

  @Field(() => ID, { nullable: true, description: 'Their freelancer profile, if they have one here.' })
  freelancerId?: string | null;
}

@InputType({
  description:
    'Without an id a new cover, which needs a title, an author and an image; with one, a change: what is left out ' +
    'stays, null clears what a cover may lack.',
})
export class SaveBookCoverInput {
  @Field(() => ID, { nullable: true })
  id?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 200 characters.' })
  subtitle?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 150 characters.' })
  author?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 150 characters.' })
  publisher?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 150 characters.' })
  imprint?: string | null;

  @Field(() => GraphQLDate, { nullable: true })
  publishedOn?: Date | null;

  @Field(() => ID, { nullable: true, description: 'Media of your own with the purpose BOOK_COVER.' })
  imageId?: string | null;

  @Field(() => GraphQLURL, { nullable: true, description: 'http or https.' })
  externalUrl?: URL | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 terms of the category GENRE.' })
  genreIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 terms of the category AUDIENCE.' })
  audienceIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 terms of the category IMAGE_TAG.' })
  visualTagIds?: string[] | null;

  @Field(() => [CoverContributorInput], { nullable: true, description: 'Up to 20, in the order to name them.' })
  contributors?: CoverContributorInput[] | null;
}

@ObjectType()
export class SaveBookCoverPayload {
  @Field(() => BookCover)
  cover!: BookCover;
}

@InputType()
export class RemoveBookCoverInput {
  @Field(() => ID)
  coverId!: string;
}

@ObjectType()
export class RemoveBookCoverPayload {
  @Field(() => ID, { description: 'The cover that is no more.' })
  coverId!: string;
}
