import { cancellable } from '@marquee/chassis/bus/cancellable';
import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Media } from './media-model.js';

@Resolver()
export class MediaSubscriptionResolver {
  @Authorize('user')
  @Subscription(() => Media, {
    description:
      'An upload of the caller: its current state, then its state after each change of `status`. Ends once it is READY or ' +
      'REJECTED. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a machine client, NOT_FOUND if it does not exist or ' +
      'another user uploaded it.',
    subscribe: ({ args, context }) => follow(args as { id: string }, context as UsersContext),
  })
  mediaChanged(
    @Root() media: Media,
    @Arg('id', () => ID, { description: 'Id of the upload, from `createUpload`.' }) _: string,
  ): Media {
    return media;
  }
}

async function follow({ id }: { id: string }, { caller, loaders, mediaWatch }: UsersContext) {
  const user = requireUser(caller);
  if ((await loaders.media.load(id))?.ownerId !== user.id) throw notFound('upload', id.slice(0, 100));
  return cancellable((signal) => mediaWatch.follow(id.toLowerCase(), signal));
}
