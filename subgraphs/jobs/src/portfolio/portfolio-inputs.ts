import { GraphQLURL } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { FreelancerProfile } from '../profiles/profile-model.js';
import { AssetReview, AssetType, AssetVisibility, PortfolioAsset } from './portfolio-model.js';

@InputType()
export class AddPortfolioAssetInput {
  @Field(() => String, { description: '1 to 120 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'Up to 2000 characters.' })
  description?: string | null;

  @Field(() => AssetType)
  type!: AssetType;

  @Field(() => ID, { nullable: true, description: 'For IMAGE and PDF: media that you uploaded for PORTFOLIO.' })
  mediaId?: string | null;

  @Field(() => GraphQLURL, { nullable: true, description: 'For VIDEO and LINK: http or https.' })
  url?: URL | null;

  @Field(() => AssetVisibility, { defaultValue: AssetVisibility.PUBLIC })
  visibility!: AssetVisibility;

  @Field(() => [ID], { nullable: true, description: 'Up to 20 terms of the categories IMAGE_TAG, STYLE and GENRE.' })
  tagIds?: string[] | null;
}

@InputType({ description: 'What is left out stays. An asset whose content changed is reviewed again.' })
export class UpdatePortfolioAssetInput {
  @Field(() => ID)
  assetId!: string;

  @Field(() => String, { nullable: true })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'null clears it.' })
  description?: string | null;

  @Field(() => ID, { nullable: true, description: 'For IMAGE and PDF.' })
  mediaId?: string | null;

  @Field(() => GraphQLURL, { nullable: true, description: 'For VIDEO and LINK.' })
  url?: URL | null;

  @Field(() => AssetVisibility, { nullable: true })
  visibility?: AssetVisibility | null;

  @Field(() => [ID], { nullable: true })
  tagIds?: string[] | null;
}

@InputType()
export class ReorderPortfolioInput {
  @Field(() => [ID], { description: 'Every asset of your portfolio once, in the new order.' })
  assetIds!: string[];
}

@InputType()
export class RemovePortfolioAssetInput {
  @Field(() => ID)
  assetId!: string;
}

@InputType()
export class ReviewPortfolioAssetInput {
  @Field(() => ID)
  assetId!: string;

  @Field(() => AssetReview, { description: 'APPROVED, REJECTED or HIDDEN.' })
  review!: AssetReview;
}

@ObjectType()
export class AddPortfolioAssetPayload {
  @Field(() => PortfolioAsset)
  asset!: PortfolioAsset;

  @Field(() => FreelancerProfile)
  profile!: FreelancerProfile;
}

@ObjectType()
export class UpdatePortfolioAssetPayload {
  @Field(() => PortfolioAsset)
  asset!: PortfolioAsset;
}

@ObjectType()
export class ReorderPortfolioPayload {
  @Field(() => FreelancerProfile)
  profile!: FreelancerProfile;
}

@ObjectType()
export class RemovePortfolioAssetPayload {
  @Field(() => FreelancerProfile)
  profile!: FreelancerProfile;
}

@ObjectType()
export class ReviewPortfolioAssetPayload {
  @Field(() => PortfolioAsset)
  asset!: PortfolioAsset;
}
