import { GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { AssetReview, AssetType, AssetVisibility, PortfolioAsset } from './portfolio-model.js';

@InputType({ description: 'A new asset at the end of the portfolio of the caller.' })
export class AddPortfolioAssetInput {
  @Field(() => String, { description: 'Title, 1 to 120 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'Plain text, up to 2000 characters.' })
  description?: string | null;

  @Field(() => AssetType, { description: 'Kind of the asset. It cannot be changed later.' })
  type!: AssetType;

  @Field(() => ID, {
    nullable: true,
    description:
      'Media that the caller uploaded with the purpose PORTFOLIO. Required for IMAGE and PDF, not allowed for others.',
  })
  mediaId?: string | null;

  @Field(() => GraphQLURL, {
    nullable: true,
    description:
      'Address of the work, http or https, up to 2000 characters. Required for VIDEO and LINK, not allowed for others.',
  })
  url?: URL | null;

  @Field(() => AssetVisibility, {
    defaultValue: AssetVisibility.PUBLIC,
    description: 'Audience of the asset once it is approved.',
  })
  visibility!: AssetVisibility;

  @Field(() => [ID], {
    nullable: true,
    description: 'Up to 20 ids of terms of the categories IMAGE_TAG, STYLE and GENRE.',
  })
  tagIds?: string[] | null;
}

@ObjectType({ description: 'Result of `addPortfolioAsset`.' })
export class AddPortfolioAssetPayload {
  @Field(() => PortfolioAsset, { description: 'The new asset, PENDING.' })
  asset!: PortfolioAsset;

  @Field(() => FreelancerProfile, { description: 'The profile with the new portfolio.' })
  profile!: FreelancerProfile;
}

@InputType({
  description:
    'Changes to an asset. Omitted fields keep their value. A new title, description, media or URL sets the review back ' +
    'to PENDING.',
})
export class UpdatePortfolioAssetInput {
  @Field(() => ID, { description: 'Asset to change, in the portfolio of the caller.' })
  assetId!: string;

  @Field(() => String, { nullable: true, description: 'Title, 1 to 120 characters. Cannot be cleared.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'Plain text, up to 2000 characters. Null clears it.' })
  description?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Media that the caller uploaded with the purpose PORTFOLIO. Only for IMAGE and PDF. Cannot be cleared.',
  })
  mediaId?: string | null;

  @Field(() => GraphQLURL, {
    nullable: true,
    description:
      'Address of the work, http or https, up to 2000 characters. Only for VIDEO and LINK. Cannot be cleared.',
  })
  url?: URL | null;

  @Field(() => AssetVisibility, {
    nullable: true,
    description: 'Audience of the asset once it is approved. Cannot be cleared.',
  })
  visibility?: AssetVisibility | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Up to 20 ids of terms of the categories IMAGE_TAG, STYLE and GENRE. Null removes all tags.',
  })
  tagIds?: string[] | null;
}

@ObjectType({ description: 'Result of `updatePortfolioAsset`.' })
export class UpdatePortfolioAssetPayload {
  @Field(() => PortfolioAsset, { description: 'The asset after the change.' })
  asset!: PortfolioAsset;
}

@InputType({ description: 'The new order of the portfolio of the caller.' })
export class ReorderPortfolioInput {
  @Field(() => [ID], { description: 'Every asset of the portfolio exactly once, in the new order.' })
  assetIds!: string[];
}

@ObjectType({ description: 'Result of `reorderPortfolio`.' })
export class ReorderPortfolioPayload {
  @Field(() => FreelancerProfile, { description: 'The profile with the reordered portfolio.' })
  profile!: FreelancerProfile;
}

@InputType({ description: 'The asset to remove.' })
export class RemovePortfolioAssetInput {
  @Field(() => ID, { description: 'Asset to remove, in the portfolio of the caller.' })
  assetId!: string;
}

@ObjectType({ description: 'Result of `removePortfolioAsset`.' })
export class RemovePortfolioAssetPayload {
  @Field(() => FreelancerProfile, { description: 'The profile without the removed asset.' })
  profile!: FreelancerProfile;
}

@InputType({ description: 'A decision on a portfolio asset.' })
export class ReviewPortfolioAssetInput {
  @Field(() => ID, { description: 'Asset to decide on.' })
  assetId!: string;

  @Field(() => AssetReview, { description: 'APPROVED, REJECTED or HIDDEN.' })
  review!: AssetReview;
}

@ObjectType({ description: 'Result of `reviewPortfolioAsset`.' })
export class ReviewPortfolioAssetPayload {
  @Field(() => PortfolioAsset, { description: 'The asset after the decision.' })
  asset!: PortfolioAsset;
}
