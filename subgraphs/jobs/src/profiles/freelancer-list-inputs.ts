import { PageArgs } from '@marquee/chassis/paging/connection';
import { ArgsType, Field, ID, InputType, registerEnumType } from 'type-graphql';

export enum FreelancerSort {
  NEWEST = 'NEWEST',
  ALPHABETICAL = 'ALPHABETICAL',
  FEATURED = 'FEATURED',
  RELEVANCE = 'RELEVANCE',
}
registerEnumType(FreelancerSort, { name: 'FreelancerSort', description: 'RELEVANCE needs a search.' });

@InputType({ description: 'All of what is given has to hold; of a list of slugs, any.' })
export class FreelancerFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Words, "phrases" and -exclusions over the texts of a profile, or a part of the name, even misspelt.',
  })
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  audiences?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  styles?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  genres?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Slugs of terms.' })
  imageTags?: string[] | null;

  @Field(() => String, { nullable: true, description: 'A part of a current location.' })
  location?: string | null;

  @Field(() => Boolean, { nullable: true })
  usesAi?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'The favourites of the caller.' })
  favoritesOnly?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'A folder that the caller may see.' })
  folderId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'For hiring users, reviewers and admins.' })
  hasAgent?: boolean | null;
}

@ArgsType()
export class FreelancersArgs extends PageArgs {
  @Field(() => FreelancerFilter, { nullable: true })
  filter?: FreelancerFilter | null;

  @Field(() => FreelancerSort, { nullable: true, defaultValue: FreelancerSort.NEWEST })
  sort?: FreelancerSort | null;
}
