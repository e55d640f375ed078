import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum TaxonomyCategory {
  AUDIENCE = 'AUDIENCE',
  STYLE = 'STYLE',
  GENRE = 'GENRE',
  IMAGE_TAG = 'IMAGE_TAG',
  LOCATION = 'LOCATION',
  PROJECT_TYPE = 'PROJECT_TYPE',
}
registerEnumType(TaxonomyCategory, { name: 'TaxonomyCategory', description: 'What a term says something about.' });

@Directive('@key(fields: "id")')
@Directive('@broadcast')
@ObjectType({ description: 'A word that profiles, jobs and covers are filed under.' })
@Entity('taxonomy_terms')
export class TaxonomyTerm {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => TaxonomyCategory)
  @Column('text')
  category!: TaxonomyCategory;

  @Field(() => String)
  @Column('text')
  label!: string;

  @Field(() => String, { description: 'Unique in its category; filters name terms by it.' })
  @Column('text')
  slug!: string;

  @Field(() => Boolean, { description: 'An inactive term stays where it was used and is offered no more.' })
  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;
}

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
