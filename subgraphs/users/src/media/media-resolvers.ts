import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { GraphQLURL } from 'graphql-scalars';
import { Arg, Ctx, Directive, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { originalKey, thumbnailKey } from './storage/media-storage.js';
import { CreateUploadInput, CreateUploadPayload, Media, MediaStatus, MediaVariant } from './media-model.js';
import { parseUpload } from './media-rules.js';
import { requireOpenAccount } from '../people/profile-rules.js';

@Resolver(() => Media)
export class MediaResolver {
  @Authorize('user')
  @Mutation(() => CreateUploadPayload, { description: 'Hands out the right to upload one file.' })
  async createUpload(
    @Arg('input', () => CreateUploadInput) input: CreateUploadInput,
    @Ctx() { caller, loaders, store, mediaService }: UsersContext,
  ): Promise<CreateUploadPayload> {
    const { id: ownerId } = requireUser(caller);
    requireOpenAccount(await loaders.user.load(ownerId));
    const upload = parseUpload(input);
    const media = await store.media.add(mediaService.ids.make(ownerId, upload.purpose), ownerId, upload);
    const { url, fields, expiresAt } = await mediaService.storage.presignUpload(media.id, upload);
    return { media, url, fields: Object.entries(fields).map(([name, value]) => ({ name, value })), expiresAt };
  }

  @Directive('@broadcast')
  @FieldResolver(() => GraphQLURL, { nullable: true, description: 'Null until READY; a document has no THUMBNAIL.' })
  url(
    @Root() media: Media,
    @Arg('variant', () => MediaVariant, { nullable: true, defaultValue: MediaVariant.ORIGINAL })
    variant: MediaVariant | null,
    @Ctx() { mediaService }: UsersContext,
  ): string | null {
    if (media.status !== MediaStatus.READY) return null;
    if (variant !== MediaVariant.THUMBNAIL)
      return mediaService.storage.publicUrl(originalKey(media.id, media.contentType));
    return media.hasThumbnail ? mediaService.storage.publicUrl(thumbnailKey(media.id)) : null;
  }
}
