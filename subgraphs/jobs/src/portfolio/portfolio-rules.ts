import { badInput, conflict, forbidden, notFound } from '@marquee/chassis/errors/errors';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { FreelancerProfile } from '../profiles/profile-model.js';
import type { AddPortfolioAssetInput, UpdatePortfolioAssetInput } from './portfolio-inputs.js';
import { AssetReview, AssetType, AssetVisibility, type PortfolioAsset } from './portfolio-model.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { canSeeProfile, isOwner } from '../profiles/profile-visibility-rules.js';
import { optionalText, omitUndefined, webUrl } from '../input/input-values.js';
import { isStaff, isModerator } from '../access.js';
import { termIds, type AllowedTerms } from '../taxonomy/taxonomy-term-rules.js';

/** Live assets that a profile has at the most. */
export const maxAssets = 20;

const tagCategories = [TaxonomyCategory.IMAGE_TAG, TaxonomyCategory.STYLE, TaxonomyCategory.GENRE];
const uploadedTypes = [AssetType.IMAGE, AssetType.PDF];

/** What an asset is made of. */
export type AssetValues = Pick<
  PortfolioAsset,
  'title' | 'description' | 'type' | 'mediaId' | 'url' | 'visibility' | 'tagIds'
>;

export type AssetChange = Partial<AssetValues & Pick<PortfolioAsset, 'review' | 'pendingSince'>>;

/** @throws BAD_USER_INPUT with every problem */
export function parseNewAsset(input: AddPortfolioAssetInput, choice: AllowedTerms): AssetValues {
  const asset = validateInput(newAssetSchema(input.type, choice), input);
  return { ...asset, mediaId: asset.mediaId ?? null, url: asset.url ?? null, tagIds: asset.tagIds ?? [] };
}

/**
 * What changes of an asset; new content waits for a review again, for what was approved is not there any more.
 * @throws BAD_USER_INPUT with every problem
 */
export function parseAssetChange(
  input: UpdatePortfolioAssetInput,
  asset: PortfolioAsset,
  choice: AllowedTerms,
): AssetChange {
  const changes = omitUndefined(validateInput(change(asset.type, choice), input)) as AssetChange;
  return isNewContent(asset, changes) ? { ...changes, review: AssetReview.PENDING, pendingSince: new Date() } : changes;
}

/** Who sees an asset of a profile: its owner and moderators all, others what is shown to them and approved. */
export function canSeeAsset(caller: Caller, profile: FreelancerProfile, asset: PortfolioAsset): boolean {
  if (asset.removedAt !== null || !canSeeProfile(caller, profile)) return false;
  if (isOwner(caller, profile) || isModerator(caller)) return true;
  const shown =
    asset.visibility === AssetVisibility.PUBLIC || (asset.visibility === AssetVisibility.INTERNAL && isStaff(caller));
  return shown && asset.review === AssetReview.APPROVED;
}

/** @throws NOT_FOUND when there is no such asset that the caller may know of */
export function requireAsset(asset: PortfolioAsset | null, id: string): PortfolioAsset {
  if (asset !== null) return asset;
  throw notFound('portfolio asset', id.slice(0, 100));
}

/** @throws FORBIDDEN when the asset that the caller sees belongs to the portfolio of somebody else */
export function requirePortfolioOwner(caller: UserCaller, profile: FreelancerProfile | null): FreelancerProfile {
  if (profile !== null && isOwner(caller, profile)) return profile;
  throw forbidden('Only its owner can change a portfolio.');
}

/** @throws CONFLICT when there was no room */
export function requireAdded(asset: PortfolioAsset | null): PortfolioAsset {
  if (asset !== null) return asset;
  throw conflict(`A portfolio holds at most ${maxAssets} assets: remove one first.`);
}

/** @throws BAD_USER_INPUT unless every live asset is there once */
export function assertCompleteOrder(live: readonly string[], given: readonly string[]): void {
  const whole =
    given.length === live.length && new Set(given).size === live.length && live.every((id) => given.includes(id));
  if (!whole) throw badInput({ path: 'input.assetIds', message: `must name each of your ${live.length} assets once` });
}

/** @throws BAD_USER_INPUT when a decision would be none */
export function parseAssetDecision(review: AssetReview): AssetChange {
  if (review !== AssetReview.PENDING) return { review };
  throw badInput({ path: 'input.review', message: 'must be APPROVED, REJECTED or HIDDEN' });
}

function isNewContent(asset: PortfolioAsset, changes: AssetChange): boolean {
  const content = ['title', 'description', 'mediaId', 'url'] as const;
  return content.some((name) => changes[name] !== undefined && changes[name] !== asset[name]);
}

function newAssetSchema(type: AssetType, choice: AllowedTerms) {
  const isUploaded = uploadedTypes.includes(type);
  const none = z.null({ error: `does not go with ${type}` }).optional();
  const needed = { error: `is needed for ${type}` };
  return z.object({
    title: text(1, 120),
    description: optionalText(2000).transform((value) => value ?? null),
    type: z.enum(AssetType),
    mediaId: isUploaded ? z.string(needed) : none,
    url: isUploaded ? none : z.instanceof(URL, needed).pipe(webUrl),
    visibility: z.enum(AssetVisibility),
    tagIds: termIds(20, tagCategories, choice),
  });
}

function change(type: AssetType, choice: AllowedTerms) {
  const isUploaded = uploadedTypes.includes(type);
  const none = z.undefined({ error: `does not go with ${type}` }).optional();
  return z.object({
    title: text(1, 120).optional(),
    description: optionalText(2000),
    mediaId: isUploaded ? z.string({ error: 'cannot be cleared' }).optional() : none,
    url: isUploaded ? none : z.instanceof(URL, { error: 'cannot be cleared' }).pipe(webUrl).optional(),
    visibility: z.enum(AssetVisibility, { error: 'cannot be cleared' }).optional(),
    tagIds: termIds(20, tagCategories, choice),
  });
}
