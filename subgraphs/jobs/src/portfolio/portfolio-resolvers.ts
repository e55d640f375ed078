import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ForModerators, requireModerator } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { validIds } from '../input/input-values.js';
import { requireOwnMedia } from '../media/media-access.js';
import { reloadProfile } from '../profiles/profile-access.js';
import { topics } from '../topics.js';
import { requireOwnAsset, requireOwnProfile, requireVisibleAsset } from './portfolio-access.js';
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
import { PortfolioAsset } from './portfolio-model.js';
import {
  assertCompleteOrder,
  parseAssetChange,
  parseAssetDecision,
  parseNewAsset,
  requireAdded,
  requireAsset,
} from './portfolio-rules.js';

@Resolver(() => PortfolioAsset)
export class PortfolioResolver {
  @Authorize('user')
  @Mutation(() => AddPortfolioAssetPayload, {
    description:
      'Adds an asset at the end of the portfolio of the caller. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a ' +
      'machine client; NOT_FOUND if the caller has no freelancer profile or did not upload the media for this purpose; ' +
      'BAD_USER_INPUT for invalid values; CONFLICT if the portfolio already has 20 assets; RATE_LIMITED after ' +
      '200 assets in a day.',
  })
  async addPortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddPortfolioAssetInput, { description: 'The asset to add.' }) input: AddPortfolioAssetInput,
  ): Promise<AddPortfolioAssetPayload> {
    const { user, profile } = await requireOwnProfile(context);
    const terms = await context.store.terms.byIds(validIds(input.tagIds));
    const values = parseNewAsset(input, { terms, currentIds: [] });
    await requireOwnMedia(context, user, values.mediaId, 'PORTFOLIO');
    await context.store.quotas.take(user.id, 'asset');
    const asset = requireAdded(await context.store.portfolios.add(profile, values));
    publishReviewChange(context, asset.id);
    return { asset, profile: await reloadProfile(context, profile.id) };
  }

  @Authorize('user')
  @Mutation(() => UpdatePortfolioAssetPayload, {
    description:
      'Changes an asset in the portfolio of the caller. New content is reviewed again. Errors: UNAUTHENTICATED for a ' +
      'guest; FORBIDDEN for a machine client, and for an asset of another portfolio; NOT_FOUND if the asset does not ' +
      'exist, the caller may not see it or did not upload the media for this purpose; BAD_USER_INPUT for invalid values.',
  })
  async updatePortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdatePortfolioAssetInput, { description: 'The changes to make.' })
    input: UpdatePortfolioAssetInput,
  ): Promise<UpdatePortfolioAssetPayload> {
    const { user, asset } = await requireOwnAsset(context, input.assetId);
    const terms = await context.store.terms.byIds(validIds(input.tagIds));
    const change = parseAssetChange(input, asset, { terms, currentIds: asset.tagIds });
    await requireOwnMedia(context, user, change.mediaId, 'PORTFOLIO');
    const changed = requireAsset(await context.store.assets.change(asset.id, change, user.id), asset.id);
    resetLoaders(context);
    publishReviewChange(context, asset.id);
    return { asset: changed };
  }

  @Authorize('user')
  @Mutation(() => ReorderPortfolioPayload, {
    description:
      'Puts the assets of the caller in a new order. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a machine client; ' +
      'NOT_FOUND if the caller has no freelancer profile; BAD_USER_INPUT unless every asset is listed exactly once.',
  })
  async reorderPortfolio(
    @Ctx() context: JobsContext,
    @Arg('input', () => ReorderPortfolioInput, { description: 'The new order.' }) { assetIds }: ReorderPortfolioInput,
  ): Promise<ReorderPortfolioPayload> {
    const { profile } = await requireOwnProfile(context);
    await context.store.portfolios.reorder(profile.id, assetIds, (current) => assertCompleteOrder(current, assetIds));
    return { profile: await reloadProfile(context, profile.id) };
  }

  @Authorize('user')
  @Mutation(() => RemovePortfolioAssetPayload, {
    description:
      'Removes an asset from the portfolio of the caller. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a machine ' +
      'client, and for an asset of another portfolio; NOT_FOUND if the asset does not exist or the caller may not see it.',
  })
  async removePortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => RemovePortfolioAssetInput, { description: 'The asset to remove.' })
    { assetId }: RemovePortfolioAssetInput,
  ): Promise<RemovePortfolioAssetPayload> {
    const { profile, asset } = await requireOwnAsset(context, assetId);
    await context.store.portfolios.remove(profile.id, asset.id);
    publishReviewChange(context, asset.id);
    return { profile: await reloadProfile(context, profile.id) };
  }

  @ForModerators
  @Mutation(() => ReviewPortfolioAssetPayload, {
    description:
      'Records the decision on a portfolio asset. Reviewers and admins only. Errors: UNAUTHENTICATED for a guest; ' +
      'FORBIDDEN for other callers; BAD_USER_INPUT for PENDING; NOT_FOUND for an unknown asset.',
  })
  async reviewPortfolioAsset(
    @Ctx() context: JobsContext,
    @Arg('input', () => ReviewPortfolioAssetInput, { description: 'The decision.' })
    { assetId, review }: ReviewPortfolioAssetInput,
  ): Promise<ReviewPortfolioAssetPayload> {
    const moderator = requireModerator(context.caller);
    const decision = parseAssetDecision(review);
    const { id } = await requireVisibleAsset(context, assetId);
    const asset = requireAsset(await context.store.assets.change(id, decision, moderator.id), id);
    resetLoaders(context);
    publishReviewChange(context, id);
    return { asset };
  }
}

function publishReviewChange({ bus }: JobsContext, id: string): void {
  bus.publish(topics.reviewQueueChanged, { kind: 'ASSET', id });
}
