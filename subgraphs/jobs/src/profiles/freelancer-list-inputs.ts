import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { ArgsType, Field, ID, InputType, registerEnumType } from 'type-graphql';

export enum FreelancerSort {
  NEWEST = 'NEWEST',
  ALPHABETICAL = 'ALPHABETICAL',
  FEATURED = 'FEATURED',
  RELEVANCE = 'RELEVANCE',
}
registerEnumType(FreelancerSort, {
  name: 'FreelancerSort',
  description: 'Sort order of a list of freelancers.',
  valuesConfig: {
    NEWEST: { description: 'Most recently created profiles first.' },
    ALPHABETICAL: { description: 'By name from A to Z, without regard to case and accents.' },
    FEATURED: { description: 'Recommended profiles first, each group by creation time in descending order.' },
    RELEVANCE: {
      description:
        'Best matches of `filter.search` first, which it requires. For a very common search word the newest 500 matches ' +
        'are ranked; older matches follow by creation time.',
    },
  },
});

@InputType({
  description:
    'Restricts a list of freelancers. All given fields must match; of a list of slugs, at least one. An empty list or ' +
    'null does not restrict.',
})
export class FreelancerFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'Search text, up to 200 characters. Matches words in the texts of a profile, with support for "quoted phrases", ' +
      '`or` and -exclusions, and parts of the name, also misspelt ones.',
  })
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category AUDIENCE, up to 50.' })
  audiences?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category STYLE, up to 50.' })
  styles?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category GENRE, up to 50.' })
  genres?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms of the category IMAGE_TAG, up to 50.' })
  imageTags?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Part of a current location, up to 100 characters. Case and accents do not matter.',
  })
  location?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Only freelancers who use (or do not use) generative AI.' })
  usesAi?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True for only the favourites of the caller. Requires a signed-in user.',
  })
  favoritesOnly?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Only members of this folder, which the caller must be able to see.',
  })
  folderId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only freelancers with (or without) an agent. For hiring users, reviewers and admins only.',
  })
  hasAgent?: boolean | null;
}

@ArgsType()
export class FreelancersArgs extends PageArgs {
  @Field(() => FreelancerFilter, { nullable: true, description: 'Restricts the list. All public profiles if omitted.' })
  filter?: FreelancerFilter | null;

  @Field(() => FreelancerSort, {
    nullable: true,
    defaultValue: FreelancerSort.NEWEST,
    description:
      'Sort order. A cursor is only valid with the sort order and the filter that it came from. RELEVANCE pages only forward.',
  })
  sort?: FreelancerSort | null;
}
