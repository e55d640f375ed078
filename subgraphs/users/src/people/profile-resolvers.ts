import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { accountClosed, requireOpenAccount } from '../accounts/account-rules.js';
import type { UsersContext } from '../context.js';
import { mayAttach, pictureNotFound, profileAttachments } from '../media/media-rules.js';
import { reloadUser } from './user-access.js';
import { UpdateProfileInput, UpdateProfilePayload } from './profile-inputs.js';
import { handleTaken, parseProfileChange, type ProfileChange } from './profile-rules.js';

@Resolver()
export class ProfileResolver {
  @Authorize('user')
  @Mutation(() => UpdateProfilePayload, {
    description:
      "Changes the caller's own profile. Errors: UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for a machine " +
      'client, BAD_USER_INPUT with every invalid value and for a rejected picture, NOT_FOUND for a picture that is not ' +
      "the caller's, has another purpose or was removed because nothing used it, CONFLICT if the handle is taken.",
  })
  async updateProfile(
    @Arg('input', () => UpdateProfileInput, { description: 'The values to change.' }) input: UpdateProfileInput,
    @Ctx() context: UsersContext,
  ): Promise<UpdateProfilePayload> {
    const caller = requireUser(context.caller);
    const { id } = caller;
    requireOpenAccount(await context.loaders.account.load(id));
    const change = parseProfileChange(input);
    await mayShow(caller, change, context);
    const outcome = await context.store.profiles.update(id, change);
    if (outcome === 'handle taken') throw handleTaken(change.handle ?? '');
    if (outcome === 'closed') throw accountClosed();
    if (typeof outcome === 'object') throw pictureNotFound(outcome.removed, change[outcome.removed]);
    return { user: await reloadUser(context, id) };
  }
}

/** The pictures of a profile must have been uploaded by its owner. */
async function mayShow(caller: UserCaller, change: ProfileChange, { loaders }: UsersContext): Promise<void> {
  for (const name of ['avatarId', 'coverId'] as const) {
    const id = change[name];
    if (typeof id === 'string') mayAttach(caller, await loaders.media.load(id), id, profileAttachments[name]);
  }
}
