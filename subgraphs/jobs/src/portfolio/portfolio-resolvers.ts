import { For } from '@marquee/chassis/graphql/rights';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import { PortfolioAsset } from './portfolio-model.js';
import {
  AddPortfolioAssetInput,
  AddPortfolioAssetPayload,
  RemovePortfolioAssetInput,
  RemovePortfolioAssetPayload,
  ReorderPortfolioInput,
  ReorderPortfolioPayload,
  ReviewPortfolioAssetInput,
  ReviewPortfolioAssetPayload,
  UpdatePortfolioAssetInput,
  UpdatePortfolioAssetPayload,
} from './portfolio-inputs.js';
import { assetChange, assetDecision, mustBeAll, mustFit, mustStillBe, newAsset } from './portfolio-rules.js';
import { ForModerators, mustBeModerator } from '../access.js';
import { mustOwnMedia, storable } from '../input/input-values.js';
import { topics } from '../topics.js';
import { findAsset, ownAsset, ownProfile } from './portfolio-access.js';
import { foundAgain } from '../profiles/profile-access.js';

@Resolver(() => PortfolioAsset)
export class PortfolioResolver {
  @For('user')
  @Mutation(() => AddPortfolioAssetPayload, { description: "At the end of the caller's own portfolio, of 20 at most." })
  async addPortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddPortfolioAssetInput) input: AddPortfolioAssetInput,
  ): Promise<AddPortfolioAssetPayload> {
    const { user, profile } = await ownProfile(context);
    const terms = await context.store.terms.byIds(storable(input.tagIds));
    const values = newAsset(input, { terms, held: [] });
    mustOwnMedia(context.mediaIds, user, values.mediaId, 'PORTFOLIO');
    const asset = mustFit(await context.store.portfolios.add(profile.id, values));
    tell(context, asset.id);
    return { asset, profile: await foundAgain(context, profile.id) };
  }

  @For('user')
  @Mutation(() => UpdatePortfolioAssetPayload, { description: "Of the caller's own portfolio." })
  async updatePortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdatePortfolioAssetInput) input: UpdatePortfolioAssetInput,
  ): Promise<UpdatePortfolioAssetPayload> {
    const { user, asset } = await ownAsset(context, input.assetId);
    const terms = await context.store.terms.byIds(storable(input.tagIds));
    const change = assetChange(input, asset, { terms, held: asset.tagIds });
    mustOwnMedia(context.mediaIds, user, change.mediaId, 'PORTFOLIO');
    const changed = mustStillBe(await context.store.assets.change(asset.id, change), asset.id);
    forgetLoaded(context);
    tell(context, asset.id);
    return { asset: changed };
  }

  @For('user')
  @Mutation(() => ReorderPortfolioPayload, { description: "The caller's own portfolio." })
  async reorderPortfolio(
    @Ctx() context: JobsContext,
    @Arg('input', () => ReorderPortfolioInput) { assetIds }: ReorderPortfolioInput,
  ): Promise<ReorderPortfolioPayload> {
    const { profile } = await ownProfile(context);
    await context.store.portfolios.reorder(profile.id, assetIds, (live) => mustBeAll(live, assetIds));
    return { profile: await foundAgain(context, profile.id) };
  }

  @For('user')
  @Mutation(() => RemovePortfolioAssetPayload, { description: "Of the caller's own portfolio." })
  async removePortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => RemovePortfolioAssetInput) { assetId }: RemovePortfolioAssetInput,
  ): Promise<RemovePortfolioAssetPayload> {
    const { profile, asset } = await ownAsset(context, assetId);
    await context.store.portfolios.remove(profile.id, asset.id);
    tell(context, asset.id);
    return { profile: await foundAgain(context, profile.id) };
  }

  @ForModerators
  @Mutation(() => ReviewPortfolioAssetPayload, { description: 'Reviewers and admins.' })
  async reviewPortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => ReviewPortfolioAssetInput) { assetId, review }: ReviewPortfolioAssetInput,
  ): Promise<ReviewPortfolioAssetPayload> {
    mustBeModerator(context.caller);
    const decision = assetDecision(review);
    const { id } = await findAsset(context, assetId);
    const asset = mustStillBe(await context.store.assets.change(id, decision), id);
    forgetLoaded(context);
    tell(context, id);
    return { asset };
  }
}

function tell({ bus }: JobsContext, id: string): void {
  bus.publish(topics.reviewQueueChanged, { kind: 'ASSET', id });
}
