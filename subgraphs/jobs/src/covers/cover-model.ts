import { Node } from '@marquee/chassis/graphql/node-interface';
import { defineConnection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLDate, GraphQLURL } from 'graphql-scalars';
import type { FacetedConnection } from '../facets/facet-model.js';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum ContributorKind {
  DESIGNER = 'DESIGNER',
  ILLUSTRATOR = 'ILLUSTRATOR',
  PHOTOGRAPHER = 'PHOTOGRAPHER',
  LETTERING_ARTIST = 'LETTERING_ARTIST',
  ANIMATOR = 'ANIMATOR',
  OTHER = 'OTHER',
}
registerEnumType(ContributorKind, {
  name: 'ContributorKind',
  description: 'The role of a person who worked on a book cover.',
  valuesConfig: {
    DESIGNER: { description: 'Designed the cover.' },
    ILLUSTRATOR: { description: 'Drew or painted the image.' },
    PHOTOGRAPHER: { description: 'Took the photograph.' },
    LETTERING_ARTIST: { description: 'Drew the lettering.' },
    ANIMATOR: { description: 'Animated the cover.' },
    OTHER: { description: 'Any other role.' },
  },
});

@ObjectType({ description: 'A person who worked on a book cover.' })
@Entity('cover_contributors')
export class CoverContributor {
  @Field(() => String, { description: 'Name to credit, 1 to 100 characters.' })
  @Column('text')
  name!: string;

  @Field(() => ContributorKind, { description: 'Role of the person.' })
  @Column('text')
  kind!: ContributorKind;

  @PrimaryColumn('uuid', { name: 'cover_id' })
  coverId!: string;

  /** The order in which contributors are credited. */
  @PrimaryColumn('integer')
  position!: number;

  @Column('uuid', { name: 'profile_id', nullable: true })
  profileId!: string | null;
}

@Directive('@key(fields: "id")')
@Directive('@key(fields: "slug")')
@ObjectType({ implements: Node, description: 'A book cover, as an example of the work that freelancers do. Public.' })
@Entity('book_covers')
export class BookCover {
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, {
    description: 'URL-friendly name, unique among covers. Generated from the first title and then fixed.',
  })
  @Column('text')
  slug!: string;

  @Field(() => String, { description: 'Title of the book, 1 to 200 characters.' })
  @Column('text')
  title!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Subtitle of the book, up to 200 characters. Null if the book has none.',
  })
  @Column('text', { nullable: true })
  subtitle!: string | null;

  @Field(() => String, { description: 'Author of the book, 1 to 150 characters.' })
  @Column('text')
  author!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Publisher of the book, up to 150 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  publisher!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Imprint of the publisher, up to 150 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  imprint!: string | null;

  @Field(() => GraphQLDate, { nullable: true, description: 'Date of publication. Null if not given.' })
  @Column('date', { name: 'published_on', nullable: true })
  publishedOn!: string | null;

  @Field(() => GraphQLURL, {
    nullable: true,
    description: 'Web page about the book, http or https. Null if not given.',
  })
  @Column('text', { name: 'external_url', nullable: true })
  externalUrl!: string | null;

  @Column('uuid', { name: 'image_id' })
  imageId!: string;

  @Column('uuid', { name: 'genre_ids', array: true })
  genreIds!: string[];

  @Column('uuid', { name: 'audience_ids', array: true })
  audienceIds!: string[];

  @Column('uuid', { name: 'visual_tag_ids', array: true })
  visualTagIds!: string[];

  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt!: Date | null;
}

export const CoverConnection = defineConnection<BookCover>('Cover', () => BookCover, { isCounted: true });
export type CoverConnection = FacetedConnection<BookCover>;
