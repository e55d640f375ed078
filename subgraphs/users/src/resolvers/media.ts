import { For } from '@marquee/chassis/graphql/rights';
import { requireUser } from '@marquee/chassis/identity/caller';
import { GraphQLURL } from 'graphql-scalars';
import { Arg, Ctx, Directive, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { originalKey, thumbnailKey } from '../media/storage.js';
import { CreateUploadInput, CreateUploadPayload, Media, MediaStatus, MediaVariant } from '../model/media.js';
import { uploadOf } from '../rules/media.js';
import { mustBeOpen } from '../rules/profile.js';

@Resolver(() => Media)
export class MediaResolver {
  @For('user')
  @Mutation(() => CreateUploadPayload, { description: 'Hands out the right to upload one file.' })
  async createUpload(
    @Arg('input', () => CreateUploadInput) input: CreateUploadInput,
    @Ctx() { caller, loaders, store, desk }: UsersContext,
  ): Promise<CreateUploadPayload> {
    const { id: ownerId } = requireUser(caller);
    mustBeOpen(await loaders.user.load(ownerId));
    const upload = uploadOf(input);
    const media = await store.media.add(desk.ids.make(ownerId, upload.purpose), ownerId, upload);
    const { url, fields, expiresAt } = await desk.storage.ticket(media.id, upload);
    return { media, url, fields: Object.entries(fields).map(([name, value]) => ({ name, value })), expiresAt };
  }

  @Directive('@broadcast')
  @FieldResolver(() => GraphQLURL, { nullable: true, description: 'Null until READY; a document has no THUMBNAIL.' })
  url(
    @Root() media: Media,
    @Arg('variant', () => MediaVariant, { nullable: true, defaultValue: MediaVariant.ORIGINAL })
    variant: MediaVariant | null,
    @Ctx() { desk }: UsersContext,
  ): string | null {
    if (media.status !== MediaStatus.READY) return null;
    if (variant !== MediaVariant.THUMBNAIL) return desk.storage.urlOf(originalKey(media.id, media.contentType));
    return media.hasThumbnail ? desk.storage.urlOf(thumbnailKey(media.id)) : null;
  }
}
