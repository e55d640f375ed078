import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLDate, GraphQLURL } from 'graphql-scalars';
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
registerEnumType(ContributorKind, { name: 'ContributorKind' });

@ObjectType({ description: 'Somebody who worked on a cover.' })
@Entity('cover_contributors')
export class CoverContributor {
  @Field(() => String)
  @Column('text')
  name!: string;

  @Field(() => ContributorKind)
  @Column('text')
  kind!: ContributorKind;

  @PrimaryColumn('uuid', { name: 'cover_id' })
  coverId!: string;

  /** The order to name them in. */
  @PrimaryColumn('integer')
  position!: number;

  @Column('uuid', { name: 'profile_id', nullable: true })
  profileId!: string | null;
}

@Directive('@key(fields: "id")')
@Directive('@key(fields: "slug")')
@ObjectType({ description: 'The cover of a book, to get ideas from.' })
@Entity('book_covers')
export class BookCover {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'Made from the first title; it stays when the title changes.' })
  @Column('text')
  slug!: string;

  @Field(() => String)
  @Column('text')
  title!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  subtitle!: string | null;

  @Field(() => String)
  @Column('text')
  author!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  publisher!: string | null;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  imprint!: string | null;

  @Field(() => GraphQLDate, { nullable: true })
  @Column('date', { name: 'published_on', nullable: true })
  publishedOn!: string | null;

  @Field(() => GraphQLURL, { nullable: true, description: 'http or https.' })
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

export const CoverConnection = defineConnection<BookCover>('Cover', () => BookCover);
export type CoverConnection = Connection<BookCover>;
