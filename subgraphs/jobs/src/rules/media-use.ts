import type { FieldProblem } from '@marquee/chassis/errors/errors';
import type { OwnedIds } from '@marquee/chassis/identity/owned-id';

/** The media that a field of an input names. */
export interface MediaUse {
  path: string;
  /** What they were uploaded as, in the words of the service that keeps them. */
  purpose: 'AVATAR' | 'COVER' | 'PORTFOLIO' | 'JOB_ATTACHMENT' | 'BOOK_COVER';
  ids: readonly string[];
}

/**
 * What is wrong with the media of an input: only who uploaded one may attach it, and only as what it was uploaded.
 *
 * @param kept ids that were there before, whoever attached them
 */
export function mediaProblems(
  mediaIds: OwnedIds,
  owner: string,
  uses: readonly MediaUse[],
  kept: readonly string[] = [],
): FieldProblem[] {
  return uses.flatMap(({ path, purpose, ids }) =>
    ids
      .filter((id) => !kept.includes(id) && !mediaIds.belongs(id, owner, purpose))
      .map((id) => ({ path, message: `"${id}" is no media that you uploaded as ${purpose}` })),
  );
}
