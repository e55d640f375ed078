import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { TaxonomyCategory, TaxonomyTerm } from './taxonomy-model.js';

@InputType({
  description:
    'Without `id`, creates a term and requires `category` and `label`. With `id`, changes that term; omitted fields ' +
    'keep their value.',
})
export class SaveTaxonomyTermInput {
  @Field(() => ID, { nullable: true, description: 'Term to change. Omit it to create a term.' })
  id?: string | null;

  @Field(() => TaxonomyCategory, {
    nullable: true,
    description: 'Category of a new term. Must be omitted for an existing term, because its category cannot change.',
  })
  category?: TaxonomyCategory | null;

  @Field(() => String, { nullable: true, description: 'Text to display, 1 to 60 characters.' })
  label?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Up to 60 lower-case letters and digits, with single hyphens between them. Generated from the label of a new ' +
      'term if omitted. Unique within the category.',
  })
  slug?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the term can be selected from now on. True by default for a new term.',
  })
  isActive?: boolean | null;
}

@ObjectType({ description: 'Result of `saveTaxonomyTerm`.' })
export class SaveTaxonomyTermPayload {
  @Field(() => TaxonomyTerm, { description: 'The term after the change.' })
  term!: TaxonomyTerm;
}
