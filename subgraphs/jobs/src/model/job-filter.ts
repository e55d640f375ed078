import { Field, ID, InputType } from 'type-graphql';

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
