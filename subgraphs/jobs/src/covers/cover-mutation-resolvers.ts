import { notFound } from '@marquee/chassis/errors/errors';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ForAdmins, requireAdmin } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { requireOwnMedia } from '../media/media-access.js';
import {
  RemoveBookCoverInput,
  RemoveBookCoverPayload,
  SaveBookCoverInput,
  SaveBookCoverPayload,
} from './cover-inputs.js';
import type { BookCover } from './cover-model.js';
import {
  type AllowedCoverReferences,
  parseCoverInput,
  profileIdsInCoverInput,
  requireNewCover,
  termIdsInCoverInput,
  termIdsOfCover,
} from './cover-rules.js';

@Resolver()
export class CoverMutationResolver {
  @ForAdmins
  @Mutation(() => SaveBookCoverPayload, {
    description:
      'Creates or changes a book cover. Admins only. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for other callers; ' +
      'BAD_USER_INPUT for invalid values, and with each required field that a new cover misses; NOT_FOUND for an unknown ' +
      'cover, and for media that the caller did not upload for this purpose.',
  })
  async saveBookCover(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveBookCoverInput, { description: 'The cover to create or the changes to make.' })
    { id, ...input }: SaveBookCoverInput,
  ): Promise<SaveBookCoverPayload> {
    const admin = requireAdmin(context.caller);
    const existing = typeof id === 'string' ? await requireCover(context, id) : null;
    const [change, contributors] = parseCoverInput(input, await loadAllowedReferences(context, input, existing));
    if (change.imageId !== existing?.imageId) await requireOwnMedia(context, admin, change.imageId, 'BOOK_COVER');
    const { coverWriting } = context.store;
    if (existing === null)
      return { cover: await reloadCover(context, await coverWriting.add(requireNewCover(change), contributors ?? [])) };
    await coverWriting.change(existing.id, change, contributors);
    return { cover: await reloadCover(context, existing.id) };
  }

  @ForAdmins
  @Mutation(() => RemoveBookCoverPayload, {
    description:
      'Removes a book cover. Admins only. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for other callers; NOT_FOUND for ' +
      'a cover that does not exist or has already been removed.',
  })
  async removeBookCover(
    @Ctx() context: JobsContext,
    @Arg('input', () => RemoveBookCoverInput, { description: 'The cover to remove.' })
    { coverId }: RemoveBookCoverInput,
  ): Promise<RemoveBookCoverPayload> {
    requireAdmin(context.caller);
    const isRemoved = await context.store.coverWriting.remove(coverId);
    resetLoaders(context);
    if (!isRemoved) throw notFound('book cover', coverId);
    return { coverId };
  }
}

async function loadAllowedReferences(
  { store }: JobsContext,
  input: SaveBookCoverInput,
  existing: BookCover | null,
): Promise<AllowedCoverReferences> {
  const [terms, profiles] = await Promise.all([
    store.terms.byIds(termIdsInCoverInput(input)),
    store.profiles.byIds(profileIdsInCoverInput(input)),
  ]);
  return { terms, currentIds: termIdsOfCover(existing), profileIds: profiles.map((profile) => profile.id) };
}

async function requireCover({ loaders }: JobsContext, id: string): Promise<BookCover> {
  const cover = await loaders.cover.load(id);
  if (cover === null) throw notFound('book cover', id);
  return cover;
}

function reloadCover(context: JobsContext, id: string): Promise<BookCover> {
  resetLoaders(context);
  return requireCover(context, id);
}
