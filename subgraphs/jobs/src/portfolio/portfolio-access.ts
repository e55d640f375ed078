import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import type { JobsContext } from '../context.js';
import type { FreelancerProfile } from '../profiles/profile-model.js';
import type { PortfolioAsset } from './portfolio-model.js';
import { canSeeAsset, requirePortfolioOwner, requireAsset } from './portfolio-rules.js';
import { requireProfile } from '../profiles/profile-visibility-rules.js';
import { requireUuid } from '../input/input-values.js';

/**
 * Loads the profile of the caller.
 * @throws UNAUTHENTICATED for a guest, FORBIDDEN for a machine client, NOT_FOUND for a user without a profile
 */
export async function requireOwnProfile({
  caller,
  loaders,
}: JobsContext): Promise<{ user: UserCaller; profile: FreelancerProfile }> {
  const user = requireUser(caller);
  return { user, profile: requireProfile(user, await loaders.profileByOwner.load(user.id)) };
}

/**
 * Loads an asset of the caller's own portfolio.
 * @throws NOT_FOUND if it does not exist or the caller may not see it, FORBIDDEN if it belongs to another portfolio
 */
export async function requireOwnAsset(context: JobsContext, assetId: string) {
  const user = requireUser(context.caller);
  const asset = await requireVisibleAsset(context, assetId);
  const profile = requirePortfolioOwner(user, await context.loaders.profile.load(asset.profileId));
  return { user, profile, asset };
}

/** @throws NOT_FOUND if the asset does not exist or the caller may not see it */
export async function requireVisibleAsset(context: JobsContext, assetId: string): Promise<PortfolioAsset> {
  const id = requireUuid('portfolio asset', assetId);
  return requireAsset(await findVisibleAsset(context, id), id);
}

/** Returns the asset, or null if it does not exist or the caller may not see it. */
export async function findVisibleAsset({ caller, loaders }: JobsContext, id: string): Promise<PortfolioAsset | null> {
  const asset = await loaders.asset.load(id);
  const profile = asset && (await loaders.profile.load(asset.profileId));
  return profile && canSeeAsset(caller, profile, asset) ? asset : null;
}
