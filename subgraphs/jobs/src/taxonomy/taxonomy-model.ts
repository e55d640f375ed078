import { Node } from '@marquee/chassis/graphql/node-interface';
import { CacheControl, CacheTag } from '@marquee/chassis/graphql/cache-hints';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { cacheSeconds, termTagFormat } from './taxonomy-cache.js';

export enum TaxonomyCategory {
  AUDIENCE = 'AUDIENCE',
  STYLE = 'STYLE',
  GENRE = 'GENRE',
  IMAGE_TAG = 'IMAGE_TAG',
  LOCATION = 'LOCATION',
  PROJECT_TYPE = 'PROJECT_TYPE',
}
registerEnumType(TaxonomyCategory, {
  name: 'TaxonomyCategory',
  description: 'The vocabulary that a taxonomy term belongs to.',
  valuesConfig: {
    AUDIENCE: { description: 'Readers that a work is for, such as "Young adult".' },
    STYLE: { description: 'Artistic technique or style, such as "Watercolour".' },
    GENRE: { description: 'Literary genre, such as "Crime".' },
    IMAGE_TAG: { description: 'Motif that an image shows, such as "Dragon".' },
    LOCATION: { description: 'Place, such as "Lisbon, Portugal".' },
    PROJECT_TYPE: { description: 'Kind of work that a job asks for, such as "Cover design".' },
  },
});

@CacheControl({ maxAge: cacheSeconds })
@CacheTag(termTagFormat)
@Directive('@key(fields: "id")')
@Directive('@broadcast')
@ObjectType({
  implements: Node,
  description:
    'A term of the controlled vocabulary that profiles, portfolio assets, jobs and book covers are tagged with.',
})
@Entity('taxonomy_terms')
export class TaxonomyTerm {
  @Field(() => ID, { description: 'Opaque, stable identifier. Inputs refer to a term by this id.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => TaxonomyCategory, { description: 'Vocabulary that the term belongs to. It never changes.' })
  @Column('text')
  category!: TaxonomyCategory;

  @Field(() => String, { description: 'Text to display, 1 to 60 characters.' })
  @Column('text')
  label!: string;

  @Field(() => String, {
    description: 'URL-friendly name, unique within the category. Filters refer to a term by this slug.',
  })
  @Column('text')
  slug!: string;

  @Field(() => Boolean, {
    description:
      'Whether the term can be selected. An inactive term remains on whatever already has it, but is rejected in inputs ' +
      'that add it.',
  })
  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;
}
