import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { resetLoaders, type JobsContext } from '../context.js';
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
import {
  parseAssetChange,
  parseAssetDecision,
  assertCompleteOrder,
  requireAdded,
  requireAsset,
  parseNewAsset,
} from './portfolio-rules.js';
import { ForModerators, requireModerator } from '../access.js';
import { assertMediaOwner, validIds } from '../input/input-values.js';
import { topics } from '../topics.js';
import { requireVisibleAsset, requireOwnAsset, requireOwnProfile } from './portfolio-access.js';
import { reloadProfile } from '../profiles/profile-access.js';

@Resolver(() => PortfolioAsset)
export class PortfolioResolver {
  @Authorize('user')
  @Mutation(() => AddPortfolioAssetPayload, { description: "At the end of the caller's own portfolio, of 20 at most." })
  async addPortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddPortfolioAssetInput) input: AddPortfolioAssetInput,
  ): Promise<AddPortfolioAssetPayload> {
    const { user, profile } = await requireOwnProfile(context);
    const terms = await context.store.terms.byIds(validIds(input.tagIds));
    const values = parseNewAsset(input, { terms, currentIds: [] });
    assertMediaOwner(context.mediaIds, user, values.mediaId, 'PORTFOLIO');
    const asset = requireAdded(await context.store.portfolios.add(profile.id, values));
    publishReviewChange(context, asset.id);
    return { asset, profile: await reloadProfile(context, profile.id) };
  }

  @Authorize('user')
  @Mutation(() => UpdatePortfolioAssetPayload, { description: "Of the caller's own portfolio." })
  async updatePortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdatePortfolioAssetInput) input: UpdatePortfolioAssetInput,
  ): Promise<UpdatePortfolioAssetPayload> {
    const { user, asset } = await requireOwnAsset(context, input.assetId);
    const terms = await context.store.terms.byIds(validIds(input.tagIds));
    const change = parseAssetChange(input, asset, { terms, currentIds: asset.tagIds });
    assertMediaOwner(context.mediaIds, user, change.mediaId, 'PORTFOLIO');
    const changed = requireAsset(await context.store.assets.change(asset.id, change), asset.id);
    resetLoaders(context);
    publishReviewChange(context, asset.id);
    return { asset: changed };
  }

  @Authorize('user')
  @Mutation(() => ReorderPortfolioPayload, { description: "The caller's own portfolio." })
  async reorderPortfolio(
    @Ctx() context: JobsContext,
    @Arg('input', () => ReorderPortfolioInput) { assetIds }: ReorderPortfolioInput,
  ): Promise<ReorderPortfolioPayload> {
    const { profile } = await requireOwnProfile(context);
    await context.store.portfolios.reorder(profile.id, assetIds, (live) => assertCompleteOrder(live, assetIds));
    return { profile: await reloadProfile(context, profile.id) };
  }

  @Authorize('user')
  @Mutation(() => RemovePortfolioAssetPayload, { description: "Of the caller's own portfolio." })
  async removePortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => RemovePortfolioAssetInput) { assetId }: RemovePortfolioAssetInput,
  ): Promise<RemovePortfolioAssetPayload> {
    const { profile, asset } = await requireOwnAsset(context, assetId);
    await context.store.portfolios.remove(profile.id, asset.id);
    publishReviewChange(context, asset.id);
    return { profile: await reloadProfile(context, profile.id) };
  }

  @ForModerators
  @Mutation(() => ReviewPortfolioAssetPayload, { description: 'Reviewers and admins.' })
  async reviewPortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => ReviewPortfolioAssetInput) { assetId, review }: ReviewPortfolioAssetInput,
  ): Promise<ReviewPortfolioAssetPayload> {
    requireModerator(context.caller);
    const decision = parseAssetDecision(review);
    const { id } = await requireVisibleAsset(context, assetId);
    const asset = requireAsset(await context.store.assets.change(id, decision), id);
    resetLoaders(context);
    publishReviewChange(context, id);
    return { asset };
  }
}

function publishReviewChange({ bus }: JobsContext, id: string): void {
  bus.publish(topics.reviewQueueChanged, { kind: 'ASSET', id });
}
