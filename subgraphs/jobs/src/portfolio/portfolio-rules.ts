import { badInput, conflict, forbidden, notFound } from '@marquee/chassis/errors/errors';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { isModerator, isStaff } from '../access.js';
import { omitUndefined, optionalLines, webUrl } from '../input/input-values.js';
import type { FreelancerProfile } from '../profiles/profile-model.js';
import { canSeeProfile, isOwner } from '../profiles/profile-visibility-rules.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { termIds, type AllowedTerms } from '../taxonomy/taxonomy-term-rules.js';
import type { AddPortfolioAssetInput, UpdatePortfolioAssetInput } from './portfolio-inputs.js';
import { AssetReview, AssetType, AssetVisibility, type PortfolioAsset } from './portfolio-model.js';

/** The maximum number of assets in a portfolio. Removed assets do not count. */
export const maxAssets = 20;

const tagCategories = [TaxonomyCategory.IMAGE_TAG, TaxonomyCategory.STYLE, TaxonomyCategory.GENRE];
const uploadedTypes = [AssetType.IMAGE, AssetType.PDF];

/** The columns of an asset that its owner sets. */
export type AssetValues = Pick<
  PortfolioAsset,
  'title' | 'description' | 'type' | 'mediaId' | 'url' | 'visibility' | 'tagIds'
>;

export type AssetChange = Partial<AssetValues & Pick<PortfolioAsset, 'review' | 'pendingSince'>>;

/** @throws BAD_USER_INPUT with every invalid field */
export function parseNewAsset(input: AddPortfolioAssetInput, allowed: AllowedTerms): AssetValues {
  const asset = validateInput(newAssetSchema(input.type, allowed), input);
  return { ...asset, mediaId: asset.mediaId ?? null, url: asset.url ?? null, tagIds: asset.tagIds ?? [] };
}

/**
 * Returns the changes to an asset. New content sets the review back to PENDING, because only the old content was approved.
 *
 * @throws BAD_USER_INPUT with every invalid field
 */
export function parseAssetChange(
  input: UpdatePortfolioAssetInput,
  asset: PortfolioAsset,
  allowed: AllowedTerms,
): AssetChange {
  const changes = omitUndefined(validateInput(assetChangeSchema(asset.type, allowed), input)) as AssetChange;
  return isNewContent(asset, changes) ? { ...changes, review: AssetReview.PENDING, pendingSince: new Date() } : changes;
}

/**
 * The owner and moderators see every asset. Other callers see approved assets of profiles that they can see, according
 * to the visibility that the owner chose.
 */
export function canSeeAsset(caller: Caller, profile: FreelancerProfile, asset: PortfolioAsset): boolean {
  if (asset.removedAt !== null || !canSeeProfile(caller, profile)) return false;
  if (isOwner(caller, profile) || isModerator(caller)) return true;
  const isShown =
    asset.visibility === AssetVisibility.PUBLIC || (asset.visibility === AssetVisibility.INTERNAL && isStaff(caller));
  return isShown && asset.review === AssetReview.APPROVED;
}

/** @throws NOT_FOUND if the asset does not exist or the caller may not see it */
export function requireAsset(asset: PortfolioAsset | null, id: string): PortfolioAsset {
  if (asset !== null) return asset;
  throw notFound('portfolio asset', id.slice(0, 100));
}

/** @throws FORBIDDEN if the caller does not own the profile that the asset belongs to */
export function requirePortfolioOwner(caller: UserCaller, profile: FreelancerProfile | null): FreelancerProfile {
  if (profile !== null && isOwner(caller, profile)) return profile;
  throw forbidden('Only its owner can change a portfolio.');
}

/** @throws CONFLICT if the portfolio was full, so that no asset was added */
export function requireAdded(asset: PortfolioAsset | null): PortfolioAsset {
  if (asset !== null) return asset;
  throw conflict(`A portfolio has at most ${maxAssets} assets: remove one first.`);
}

/** @throws BAD_USER_INPUT unless the order contains every asset of the portfolio exactly once */
export function assertCompleteOrder(live: readonly string[], given: readonly string[]): void {
  const isComplete =
    given.length === live.length && new Set(given).size === live.length && live.every((id) => given.includes(id));
  if (!isComplete)
    throw badInput({ path: 'input.assetIds', message: `must contain each of your ${live.length} assets exactly once` });
}

/** @throws BAD_USER_INPUT for PENDING, which is not a decision */
export function parseAssetDecision(review: AssetReview): AssetChange {
  if (review !== AssetReview.PENDING) return { review };
  throw badInput({ path: 'input.review', message: 'must be APPROVED, REJECTED or HIDDEN' });
}

function isNewContent(asset: PortfolioAsset, changes: AssetChange): boolean {
  const content = ['title', 'description', 'mediaId', 'url'] as const;
  return content.some((name) => changes[name] !== undefined && changes[name] !== asset[name]);
}

function newAssetSchema(type: AssetType, allowed: AllowedTerms) {
  const isUploaded = uploadedTypes.includes(type);
  const notAllowed = z.null({ error: `is not allowed for ${type}` }).optional();
  const required = { error: `is required for ${type}` };
  return z.object({
    title: text(1, 120),
    description: optionalLines(2000).transform((value) => value ?? null),
    type: z.enum(AssetType),
    mediaId: isUploaded ? z.string(required) : notAllowed,
    url: isUploaded ? notAllowed : z.instanceof(URL, required).pipe(webUrl),
    visibility: z.enum(AssetVisibility),
    tagIds: termIds(20, tagCategories, allowed),
  });
}

function assetChangeSchema(type: AssetType, allowed: AllowedTerms) {
  const isUploaded = uploadedTypes.includes(type);
  const notAllowed = z.undefined({ error: `is not allowed for ${type}` }).optional();
  return z.object({
    title: text(1, 120).optional(),
    description: optionalLines(2000),
    mediaId: isUploaded ? z.string({ error: 'cannot be cleared' }).optional() : notAllowed,
    url: isUploaded ? notAllowed : z.instanceof(URL, { error: 'cannot be cleared' }).pipe(webUrl).optional(),
    visibility: z.enum(AssetVisibility, { error: 'cannot be cleared' }).optional(),
    tagIds: termIds(20, tagCategories, allowed),
  });
}
