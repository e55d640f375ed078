import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Media } from '../media/media-model.js';
import { Account, type User } from './user-model.js';

@Resolver(() => Account)
export class PendingPictureResolver {
  @Authorize('user')
  @FieldResolver(() => Media, {
    nullable: true,
    description: 'The picture that becomes `User.avatar` once it is READY. Null if none is in processing.',
  })
  async pendingAvatar(@Root() { pendingAvatarId }: User, @Ctx() { loaders }: UsersContext): Promise<Media | null> {
    return pendingAvatarId === null ? null : loaders.media.load(pendingAvatarId);
  }

  @Authorize('user')
  @FieldResolver(() => Media, {
    nullable: true,
    description: 'The picture that becomes `User.cover` once it is READY. Null if none is in processing.',
  })
  async pendingCover(@Root() { pendingCoverId }: User, @Ctx() { loaders }: UsersContext): Promise<Media | null> {
    return pendingCoverId === null ? null : loaders.media.load(pendingCoverId);
  }
}
