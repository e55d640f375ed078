import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser, type UserCaller } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { resetLoaders, type UsersContext } from '../context.js';
import { removeProfilePictures } from '../media/profile-pictures.js';
import {
  DeleteMyAccountInput,
  DeleteMyAccountPayload,
  UpdateProfileInput,
  UpdateProfilePayload,
} from './profile-inputs.js';
import type { User } from './user-model.js';
import { mustHaveChanged } from '../accounts/account-rules.js';
import { mayAttach, profileAttachments } from '../media/media-rules.js';
import {
  accountClosed,
  handleTaken,
  requireOpenAccount,
  mustConfirm,
  parseProfileChange,
  type ProfileChange,
} from './profile-rules.js';

@Resolver()
export class ProfileResolver {
  @Authorize('user')
  @Mutation(() => UpdateProfilePayload, { description: "Changes the caller's own profile." })
  async updateProfile(
    @Arg('input', () => UpdateProfileInput) input: UpdateProfileInput,
    @Ctx() context: UsersContext,
  ): Promise<UpdateProfilePayload> {
    const caller = requireUser(context.caller);
    const { id } = caller;
    requireOpenAccount(await context.loaders.user.load(id));
    const change = parseProfileChange(input);
    await mayShow(caller, change, context);
    const outcome = await context.store.profiles.update(id, change);
    if (outcome === 'handle taken') throw handleTaken(change.handle ?? '');
    if (outcome === 'closed') throw accountClosed();
    return { user: await afterwards(context, id) };
  }

  @Authorize('user')
  @Mutation(() => DeleteMyAccountPayload, {
    description:
      "Closes the caller's account for good: what it says of a person is blanked, its handle is free again, " +
      'what it posted stays as that of a deleted user.',
  })
  async deleteMyAccount(
    @Arg('input', () => DeleteMyAccountInput) input: DeleteMyAccountInput,
    @Ctx() context: UsersContext,
  ): Promise<DeleteMyAccountPayload> {
    const { id } = requireUser(context.caller);
    mustConfirm(requireOpenAccount(await context.loaders.user.load(id)), input.confirmHandle);
    mustHaveChanged(await context.store.accounts.closeAccount(id), id);
    await removeProfilePictures(id, context.store.media, context.mediaService.storage);
    return { user: await afterwards(context, id) };
  }
}

/** Pictures that a profile takes up are its owner's. */
async function mayShow(caller: UserCaller, change: ProfileChange, { loaders }: UsersContext): Promise<void> {
  for (const name of ['avatarId', 'coverId'] as const) {
    const id = change[name];
    if (typeof id === 'string') mayAttach(caller, await loaders.media.load(id), id, profileAttachments[name]);
  }
}

async function afterwards(context: UsersContext, userId: string): Promise<User> {
  const user = await resetLoaders(context).user.load(userId);
  if (user === null) throw notFound('user', userId);
  return user;
}
