import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { GraphQLDate, GraphQLURL } from 'graphql-scalars';
import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { BookCover, ContributorKind } from './cover-model.js';

@InputType({
  description:
    'Restricts a list of book covers. All given fields must match; of a list of slugs, at least one. An empty list or ' +
    'null does not restrict.',
})
export class CoverFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'Search text, up to 200 characters. Matches words in title, author and publisher, with support for "quoted ' +
      'phrases", `or` and -exclusions.',
  })
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category GENRE, up to 50.' })
  genres?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category AUDIENCE, up to 50.' })
  audiences?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category IMAGE_TAG, up to 50.' })
  visualTags?: string[] | null;
}

export enum CoverSort {
  NEWEST = 'NEWEST',
  OLDEST = 'OLDEST',
  PUBLICATION = 'PUBLICATION',
  ALPHABETICAL = 'ALPHABETICAL',
}
registerEnumType(CoverSort, {
  name: 'CoverSort',
  description: 'Sort order of a list of book covers.',
  valuesConfig: {
    NEWEST: { description: 'The most recently added covers first.' },
    OLDEST: { description: 'The covers that were added first come first.' },
    PUBLICATION: { description: 'By `publishedOn`, the latest book first. Covers without a date are last.' },
    ALPHABETICAL: { description: 'By title from A to Z, without regard to case and accents.' },
  },
});

@ArgsType()
export class CoversArgs extends PageArgs {
  @Field(() => CoverFilter, { nullable: true, description: 'Restricts the list. All covers if omitted.' })
  filter?: CoverFilter | null;

  @Field(() => CoverSort, {
    nullable: true,
    defaultValue: CoverSort.NEWEST,
    description: 'Sort order. A cursor is only valid with the sort order and the filter that it came from.',
  })
  sort?: CoverSort | null;
}

@InputType({ description: 'A person who worked on a book cover.' })
export class CoverContributorInput {
  @Field(() => String, { description: 'Name to credit, 1 to 100 characters.' })
  name!: string;

  @Field(() => ContributorKind, { description: 'Role of the person.' })
  kind!: ContributorKind;

  @Field(() => ID, { nullable: true, description: 'Freelancer profile of the person, if there is one.' })
  freelancerId?: string | null;
}

@InputType({
  description:
    'Without `id`, creates a cover and requires `title`, `author` and `imageId`. With `id`, changes that cover: omitted ' +
    'fields keep their value, and null clears an optional field or a list.',
})
export class SaveBookCoverInput {
  @Field(() => ID, { nullable: true, description: 'Cover to change. Omit it to create a cover.' })
  id?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Title of the book, 1 to 200 characters. Cannot be cleared. The first title also determines the slug.',
  })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'Subtitle of the book, up to 200 characters.' })
  subtitle?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Author of the book, 1 to 150 characters. Cannot be cleared.',
  })
  author?: string | null;

  @Field(() => String, { nullable: true, description: 'Publisher of the book, up to 150 characters.' })
  publisher?: string | null;

  @Field(() => String, { nullable: true, description: 'Imprint of the publisher, up to 150 characters.' })
  imprint?: string | null;

  @Field(() => GraphQLDate, { nullable: true, description: 'Date of publication.' })
  publishedOn?: Date | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Media that the caller uploaded with the purpose BOOK_COVER. Cannot be cleared.',
  })
  imageId?: string | null;

  @Field(() => GraphQLURL, {
    nullable: true,
    description: 'Web page about the book, http or https, up to 2000 characters.',
  })
  externalUrl?: URL | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 ids of terms of the category GENRE.' })
  genreIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 ids of terms of the category AUDIENCE.' })
  audienceIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 ids of terms of the category IMAGE_TAG.' })
  visualTagIds?: string[] | null;

  @Field(() => [CoverContributorInput], {
    nullable: true,
    description: 'Up to 20 people, in the order to credit them. Replaces the earlier list.',
  })
  contributors?: CoverContributorInput[] | null;
}

@ObjectType({ description: 'Result of `saveBookCover`.' })
export class SaveBookCoverPayload {
  @Field(() => BookCover, { description: 'The cover after the change.' })
  cover!: BookCover;
}

@InputType({ description: 'The book cover to remove.' })
export class RemoveBookCoverInput {
  @Field(() => ID, { description: 'Cover to remove.' })
  coverId!: string;
}

@ObjectType({ description: 'Result of `removeBookCover`.' })
export class RemoveBookCoverPayload {
  @Field(() => ID, { description: 'Id of the removed cover.' })
  coverId!: string;
}
