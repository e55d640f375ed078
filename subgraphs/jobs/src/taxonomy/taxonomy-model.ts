import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
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
