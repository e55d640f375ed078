import { notFound } from '@marquee/chassis/errors/errors';
import { For } from '@marquee/chassis/graphql/rights';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import type { BookCover } from './cover-model.js';
import {
  RemoveBookCoverInput,
  RemoveBookCoverPayload,
  SaveBookCoverInput,
  SaveBookCoverPayload,
} from './cover-inputs.js';
import {
  coverChange,
  type CoverChoice,
  mustBeWhole,
  mustKeepCovers,
  profilesOnCover,
  termsHeldByCover,
  termsOnCover,
} from './cover-rules.js';
import { mustOwnMedia } from '../input/input-values.js';

@Resolver()
export class CoverWritingResolver {
  @For('role:ADMIN')
  @Mutation(() => SaveBookCoverPayload, { description: 'For admins.' })
  async saveBookCover(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveBookCoverInput) { id, ...input }: SaveBookCoverInput,
  ): Promise<SaveBookCoverPayload> {
    const admin = mustKeepCovers(context.caller);
    const existing = typeof id === 'string' ? await foundCover(context, id) : null;
    const [change, contributions] = coverChange(input, await choice(context, input, existing));
    if (change.imageId !== existing?.imageId) mustOwnMedia(context.mediaIds, admin, change.imageId, 'BOOK_COVER');
    const { coverWriting } = context.store;
    if (existing === null)
      return { cover: await afterwards(context, await coverWriting.add(mustBeWhole(change), contributions ?? [])) };
    await coverWriting.change(existing.id, change, contributions);
    return { cover: await afterwards(context, existing.id) };
  }

  @For('role:ADMIN')
  @Mutation(() => RemoveBookCoverPayload, { description: 'For admins.' })
  async removeBookCover(
    @Ctx() context: JobsContext,
    @Arg('input', () => RemoveBookCoverInput) { coverId }: RemoveBookCoverInput,
  ): Promise<RemoveBookCoverPayload> {
    mustKeepCovers(context.caller);
    const removed = await context.store.coverWriting.remove(coverId);
    forgetLoaded(context);
    if (!removed) throw notFound('book cover', coverId);
    return { coverId };
  }
}

async function choice(
  { store }: JobsContext,
  input: SaveBookCoverInput,
  existing: BookCover | null,
): Promise<CoverChoice> {
  const [terms, profiles] = await Promise.all([
    store.terms.byIds(termsOnCover(input)),
    store.profiles.byIds(profilesOnCover(input)),
  ]);
  return { terms, held: termsHeldByCover(existing), profileIds: profiles.map((profile) => profile.id) };
}

async function foundCover({ loaders }: JobsContext, id: string): Promise<BookCover> {
  const cover = await loaders.cover.load(id);
  if (cover === null) throw notFound('book cover', id);
  return cover;
}

function afterwards(context: JobsContext, id: string): Promise<BookCover> {
  forgetLoaded(context);
  return foundCover(context, id);
}
