import { Node } from '@marquee/chassis/graphql/node-interface';
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
  description: 'The kind of a portfolio asset, which determines whether it has `media` or a `url`.',
  valuesConfig: {
    IMAGE: { description: 'An uploaded image; see `media`.' },
    PDF: { description: 'An uploaded PDF document; see `media`.' },
    VIDEO: { description: 'A video on another site; see `url`.' },
    LINK: { description: 'A page on another site; see `url`.' },
  },
});

export enum AssetVisibility {
  PUBLIC = 'PUBLIC',
  INTERNAL = 'INTERNAL',
  HIDDEN = 'HIDDEN',
}
registerEnumType(AssetVisibility, {
  name: 'AssetVisibility',
  description: 'The audience of a portfolio asset once it is approved. The owner, reviewers and admins always see it.',
  valuesConfig: {
    PUBLIC: { description: 'Everyone who can see the profile.' },
    INTERNAL: { description: 'Hiring users, reviewers and admins.' },
    HIDDEN: { description: 'Only the owner, reviewers and admins.' },
  },
});

export enum AssetReview {
  PENDING = 'PENDING',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  HIDDEN = 'HIDDEN',
}
registerEnumType(AssetReview, {
  name: 'AssetReview',
  description: 'The decision of a reviewer on a portfolio asset.',
  valuesConfig: {
    PENDING: { description: 'Not reviewed yet, or changed since the last review.' },
    APPROVED: { description: 'Shown according to its `visibility`.' },
    REJECTED: { description: 'Turned down: visible to the owner, reviewers and admins only.' },
    HIDDEN: { description: 'Taken down: visible to the owner, reviewers and admins only.' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  description:
    'A piece of work in the portfolio of a freelancer. Other callers than the owner, reviewers and admins see it only ' +
    'while the profile and the asset are approved, and according to its `visibility`.',
})
@Entity('portfolio_assets')
export class PortfolioAsset {
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'Title, 1 to 120 characters.' })
  @Column('text')
  title!: string;

  @Field(() => String, { nullable: true, description: 'Plain text, up to 2000 characters. Null if not given.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => AssetType, { description: 'Kind of the asset. It never changes.' })
  @Column('text')
  type!: AssetType;

  @Field(() => GraphQLURL, {
    nullable: true,
    description: 'Address of the work, http or https. Null for IMAGE and PDF.',
  })
  @Column('text', { nullable: true })
  url!: string | null;

  @Field(() => AssetVisibility, { description: 'Audience of the asset once it is approved, chosen by the owner.' })
  @Column('text')
  visibility!: AssetVisibility;

  @Field(() => AssetReview, { description: 'Decision of a reviewer on the asset.' })
  @Column('text')
  review!: AssetReview;

  @Field(() => Int, {
    description: 'Sort key in the portfolio, ascending. Values may have gaps.',
  })
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

  /** When the asset entered the review queue. New content enters it again. */
  @Column('timestamptz', { name: 'pending_since' })
  pendingSince!: Date;

  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt!: Date | null;
}
