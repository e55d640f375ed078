import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { TaxonomyCategory, TaxonomyTerm } from './taxonomy-model.js';

@InputType({ description: 'Without an id a new term; with one, a change: what is left out stays.' })
export class SaveTaxonomyTermInput {
  @Field(() => ID, { nullable: true })
  id?: string | null;

  @Field(() => TaxonomyCategory, { nullable: true, description: 'For a new term; it cannot change.' })
  category?: TaxonomyCategory | null;

  @Field(() => String, { nullable: true, description: '1 to 60 characters.' })
  label?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Lower-case letters and digits, with single hyphens between. Made from the label when left out.',
  })
  slug?: string | null;

  @Field(() => Boolean, { nullable: true })
  isActive?: boolean | null;
}

@ObjectType()
export class SaveTaxonomyTermPayload {
  @Field(() => TaxonomyTerm)
  term!: TaxonomyTerm;
}
