import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { resetLoaders, type JobsContext } from '../context.js';
import type { BookCover } from './cover-model.js';
import {
  RemoveBookCoverInput,
  RemoveBookCoverPayload,
  SaveBookCoverInput,
  SaveBookCoverPayload,
} from './cover-inputs.js';
import {
  parseCoverInput,
  type AllowedCoverReferences,
  requireNewCover,
  requireCoverAdmin,
  profileIdsInCoverInput,
  termIdsOfCover,
  termIdsInCoverInput,
} from './cover-rules.js';
import { assertMediaOwner } from '../input/input-values.js';

@Resolver()
export class CoverMutationResolver {
  @Authorize('role:ADMIN')
  @Mutation(() => SaveBookCoverPayload, { description: 'For admins.' })
  async saveBookCover(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveBookCoverInput) { id, ...input }: SaveBookCoverInput,
  ): Promise<SaveBookCoverPayload> {
    const admin = requireCoverAdmin(context.caller);
    const existing = typeof id === 'string' ? await requireCover(context, id) : null;
    const [change, contributions] = parseCoverInput(input, await loadAllowedReferences(context, input, existing));
    if (change.imageId !== existing?.imageId) assertMediaOwner(context.mediaIds, admin, change.imageId, 'BOOK_COVER');
    const { coverWriting } = context.store;
    if (existing === null)
      return {
        cover: await reloadCover(context, await coverWriting.add(requireNewCover(change), contributions ?? [])),
      };
    await coverWriting.change(existing.id, change, contributions);
    return { cover: await reloadCover(context, existing.id) };
  }

  @Authorize('role:ADMIN')
  @Mutation(() => RemoveBookCoverPayload, { description: 'For admins.' })
  async removeBookCover(
    @Ctx() context: JobsContext,
    @Arg('input', () => RemoveBookCoverInput) { coverId }: RemoveBookCoverInput,
  ): Promise<RemoveBookCoverPayload> {
    requireCoverAdmin(context.caller);
    const removed = await context.store.coverWriting.remove(coverId);
    resetLoaders(context);
    if (!removed) throw notFound('book cover', coverId);
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
