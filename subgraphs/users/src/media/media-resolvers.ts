import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { GraphQLURL } from 'graphql-scalars';
import { Arg, Ctx, Directive, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireOpenAccount } from '../accounts/account-rules.js';
import type { UsersContext } from '../context.js';
import { CreateUploadInput, CreateUploadPayload } from './media-inputs.js';
import { Media, MediaStatus, MediaVariant } from './media-model.js';
import { parseUpload } from './media-rules.js';
import { originalKey, thumbnailKey } from './storage/media-storage.js';

@Resolver(() => Media)
export class MediaResolver {
  @Authorize('user')
  @Query(() => Media, {
    nullable: true,
    description:
      'An upload of the caller, in any status, for instance to follow its processing. Null if it does not exist or ' +
      'another user uploaded it. UNAUTHENTICATED for a guest, FORBIDDEN for a machine client.',
  })
  async media(
    @Arg('id', () => ID, { description: 'Id of the upload, from `createUpload`.' }) id: string,
    @Ctx() { caller, loaders }: UsersContext,
  ): Promise<Media | null> {
    const user = requireUser(caller);
    const media = await loaders.media.load(id);
    return media?.ownerId === user.id ? media : null;
  }

  @Authorize('user')
  @Mutation(() => CreateUploadPayload, {
    description:
      'Permits the upload of one file. A file that no profile, portfolio, job or book cover has used for a day is removed. ' +
      'Errors: UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for a machine client, BAD_USER_INPUT for a type or ' +
      'size that the purpose does not accept, RATE_LIMITED with 30 open uploads and after 300 uploads in a day.',
  })
  async createUpload(
    @Arg('input', () => CreateUploadInput, { description: 'The file to upload.' }) input: CreateUploadInput,
    @Ctx() { caller, loaders, store, mediaService: { ids, storage, ticketSeconds } }: UsersContext,
  ): Promise<CreateUploadPayload> {
    const { id: ownerId } = requireUser(caller);
    requireOpenAccount(await loaders.account.load(ownerId));
    const upload = parseUpload(input);
    const media = await store.media.add(ids.make(ownerId, upload.purpose), ownerId, upload, ticketSeconds);
    const { url, fields, expiresAt } = await storage.presignUpload(media.id, upload);
    return { media, url, fields: Object.entries(fields).map(([name, value]) => ({ name, value })), expiresAt };
  }

  @Directive('@broadcast')
  @FieldResolver(() => GraphQLURL, {
    nullable: true,
    description: 'The public address of a variant. Null until READY, and for the THUMBNAIL of a PDF.',
  })
  url(
    @Root() media: Media,
    @Arg('variant', () => MediaVariant, {
      nullable: true,
      defaultValue: MediaVariant.ORIGINAL,
      description: 'The version of the file.',
    })
    variant: MediaVariant | null,
    @Ctx() { mediaService: { storage } }: UsersContext,
  ): string | null {
    if (media.status !== MediaStatus.READY) return null;
    if (variant !== MediaVariant.THUMBNAIL) return storage.publicUrl(originalKey(media.id, media.contentType));
    return media.hasThumbnail ? storage.publicUrl(thumbnailKey(media.id)) : null;
  }
}
