import { GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum AssetType {
  IMAGE = 'IMAGE',
  PDF = 'PDF',
  VIDEO = 'VIDEO',
  LINK = 'LINK',
}
registerEnumType(AssetType, {
  name: 'AssetType',
  description: 'IMAGE and PDF are uploaded media, VIDEO and LINK stand at an address.',
});

export enum AssetVisibility {
  PUBLIC = 'PUBLIC',
  INTERNAL = 'INTERNAL',
  HIDDEN = 'HIDDEN',
}
registerEnumType(AssetVisibility, {
  name: 'AssetVisibility',
  description: 'To whom the owner shows an asset: everyone, the roles of the house, or reviewers alone.',
});

export enum AssetReview {
  PENDING = 'PENDING',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  HIDDEN = 'HIDDEN',
}
registerEnumType(AssetReview, { name: 'AssetReview', description: 'What the house decided about an asset.' });

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A piece of work in a portfolio.' })
@Entity('portfolio_assets')
export class PortfolioAsset {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String)
  @Column('text')
  title!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => AssetType)
  @Column('text')
  type!: AssetType;

  @Field(() => GraphQLURL, { nullable: true })
  @Column('text', { nullable: true })
  url!: string | null;

  @Field(() => AssetVisibility)
  @Column('text')
  visibility!: AssetVisibility;

  @Field(() => AssetReview)
  @Column('text')
  review!: AssetReview;

  @Field(() => Int, { description: 'The place in the portfolio; the least comes first.' })
  @Column('integer')
  position!: number;

  @Column('uuid', { name: 'profile_id' })
  profileId!: string;

  @Column('uuid', { name: 'media_id', nullable: true })
  mediaId!: string | null;

  @Column('uuid', { name: 'tag_ids', array: true })
  tagIds!: string[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** Since when it waits for a review; what was changed waits again. */
  @Column('timestamptz', { name: 'pending_since' })
  pendingSince!: Date;

  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt!: Date | null;
}
