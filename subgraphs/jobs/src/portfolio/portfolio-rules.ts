import { badInput, conflict, forbidden, notFound } from '@marquee/chassis/errors/errors';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { checked, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { FreelancerProfile } from '../profiles/profile-model.js';
import type { AddPortfolioAssetInput, UpdatePortfolioAssetInput } from './portfolio-inputs.js';
import { AssetReview, AssetType, AssetVisibility, type PortfolioAsset } from './portfolio-model.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { maySeeProfile, owns } from '../profiles/profile-visibility-rules.js';
import { clearable, given, webAddress } from '../input/input-values.js';
import { isInternal, isModerator } from '../access.js';
import { termIds, type Choice } from '../taxonomy/taxonomy-term-rules.js';

/** Live assets that a profile has at the most. */
export const mostAssets = 20;

const tagged = [TaxonomyCategory.IMAGE_TAG, TaxonomyCategory.STYLE, TaxonomyCategory.GENRE];
const uploaded = [AssetType.IMAGE, AssetType.PDF];

/** What an asset is made of. */
export type AssetValues = Pick<
  PortfolioAsset,
  'title' | 'description' | 'type' | 'mediaId' | 'url' | 'visibility' | 'tagIds'
>;

export type AssetChange = Partial<AssetValues & Pick<PortfolioAsset, 'review' | 'pendingSince'>>;

/** @throws BAD_USER_INPUT with every problem */
export function newAsset(input: AddPortfolioAssetInput, choice: Choice): AssetValues {
  const asset = checked(addition(input.type, choice), input);
  return { ...asset, mediaId: asset.mediaId ?? null, url: asset.url ?? null, tagIds: asset.tagIds ?? [] };
}

/**
 * What changes of an asset; new content waits for a review again, for what was approved is not there any more.
 * @throws BAD_USER_INPUT with every problem
 */
export function assetChange(input: UpdatePortfolioAssetInput, asset: PortfolioAsset, choice: Choice): AssetChange {
  const changes = given(checked(change(asset.type, choice), input)) as AssetChange;
  return isNewContent(asset, changes) ? { ...changes, review: AssetReview.PENDING, pendingSince: new Date() } : changes;
}

/** Who sees an asset of a profile: its owner and moderators all, others what is shown to them and approved. */
export function maySeeAsset(caller: Caller, profile: FreelancerProfile, asset: PortfolioAsset): boolean {
  if (asset.removedAt !== null || !maySeeProfile(caller, profile)) return false;
  if (owns(caller, profile) || isModerator(caller)) return true;
  const shown =
    asset.visibility === AssetVisibility.PUBLIC ||
    (asset.visibility === AssetVisibility.INTERNAL && isInternal(caller));
  return shown && asset.review === AssetReview.APPROVED;
}

/** @throws NOT_FOUND when there is no such asset that the caller may know of */
export function mustStillBe(asset: PortfolioAsset | null, id: string): PortfolioAsset {
  if (asset !== null) return asset;
  throw notFound('portfolio asset', id.slice(0, 100));
}

/** @throws FORBIDDEN when the asset that the caller sees belongs to the portfolio of somebody else */
export function mustBeOf(caller: UserCaller, profile: FreelancerProfile | null): FreelancerProfile {
  if (profile !== null && owns(caller, profile)) return profile;
  throw forbidden('Only its owner can change a portfolio.');
}

/** @throws CONFLICT when there was no room */
export function mustFit(asset: PortfolioAsset | null): PortfolioAsset {
  if (asset !== null) return asset;
  throw conflict(`A portfolio holds at most ${mostAssets} assets: remove one first.`);
}

/** @throws BAD_USER_INPUT unless every live asset is there once */
export function mustBeAll(live: readonly string[], given: readonly string[]): void {
  const whole =
    given.length === live.length && new Set(given).size === live.length && live.every((id) => given.includes(id));
  if (!whole) throw badInput({ path: 'input.assetIds', message: `must name each of your ${live.length} assets once` });
}

/** @throws BAD_USER_INPUT when a decision would be none */
export function assetDecision(review: AssetReview): AssetChange {
  if (review !== AssetReview.PENDING) return { review };
  throw badInput({ path: 'input.review', message: 'must be APPROVED, REJECTED or HIDDEN' });
}

function isNewContent(asset: PortfolioAsset, changes: AssetChange): boolean {
  const content = ['title', 'description', 'mediaId', 'url'] as const;
  return content.some((name) => changes[name] !== undefined && changes[name] !== asset[name]);
}

function addition(type: AssetType, choice: Choice) {
  const isUploaded = uploaded.includes(type);
  const none = z.null({ error: `does not go with ${type}` }).optional();
  const needed = { error: `is needed for ${type}` };
  return z.object({
    title: text(1, 120),
    description: clearable(2000).transform((value) => value ?? null),
    type: z.enum(AssetType),
    mediaId: isUploaded ? z.string(needed) : none,
    url: isUploaded ? none : z.instanceof(URL, needed).pipe(webAddress),
    visibility: z.enum(AssetVisibility),
    tagIds: termIds(20, tagged, choice),
  });
}

function change(type: AssetType, choice: Choice) {
  const isUploaded = uploaded.includes(type);
  const none = z.undefined({ error: `does not go with ${type}` }).optional();
  return z.object({
    title: text(1, 120).optional(),
    description: clearable(2000),
    mediaId: isUploaded ? z.string({ error: 'cannot be cleared' }).optional() : none,
    url: isUploaded ? none : z.instanceof(URL, { error: 'cannot be cleared' }).pipe(webAddress).optional(),
    visibility: z.enum(AssetVisibility, { error: 'cannot be cleared' }).optional(),
    tagIds: termIds(20, tagged, choice),
  });
}
