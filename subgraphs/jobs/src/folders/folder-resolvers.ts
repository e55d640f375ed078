import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { validate } from 'uuid';
import { isStaff } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { requireVisibleProfile } from '../profiles/profile-access.js';
import { findVisibleFolder, requireOwnFolder } from './folder-access.js';
import {
  CreateFolderInput,
  CreateFolderPayload,
  DeleteFolderInput,
  DeleteFolderPayload,
  SetFolderMemberInput,
  SetFolderMemberPayload,
  UpdateFolderInput,
  UpdateFolderPayload,
} from './folder-inputs.js';
import { Folder, FolderConnection } from './folder-model.js';
import { parseFolderChange, parseNewFolder, requireFolder } from './folder-rules.js';

const ownerErrors =
  'UNAUTHENTICATED for a guest; FORBIDDEN for a machine client, and for a folder of another owner; NOT_FOUND if the ' +
  'folder does not exist or the caller may not see it';

@Resolver(() => Folder)
export class FolderResolver {
  @Authorize('user')
  @Query(() => FolderConnection, {
    description:
      'Folders that the caller may see, own and shared ones, newest first. UNAUTHENTICATED for a guest, FORBIDDEN for a ' +
      'machine client.',
  })
  async folders(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<FolderConnection> {
    const user = requireUser(caller);
    const page = parseIdPage(args);
    return toIdConnection(await store.folders.visibleTo(user.id, isStaff(user), page), page);
  }

  @Authorize('user')
  @Query(() => Folder, {
    nullable: true,
    description:
      'A folder by id. Null if it does not exist or the caller may not see it. UNAUTHENTICATED for a guest, FORBIDDEN for ' +
      'a machine client.',
  })
  async folder(
    @Ctx() context: JobsContext,
    @Arg('id', () => ID, { description: 'Id of the folder.' }) id: string,
  ): Promise<Folder | null> {
    requireUser(context.caller);
    return validate(id) ? findVisibleFolder(context, id.toLowerCase()) : null;
  }

  @Authorize('user')
  @Mutation(() => CreateFolderPayload, {
    description:
      'Creates a folder of the caller. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for a machine client, and for ' +
      'SHARED_TEAM if the caller is not a hiring user, reviewer or admin; BAD_USER_INPUT for invalid values; RATE_LIMITED ' +
      'after 200 folders in a day.',
  })
  async createFolder(
    @Ctx() { caller, store }: JobsContext,
    @Arg('input', () => CreateFolderInput, { description: 'The folder to create.' }) input: CreateFolderInput,
  ): Promise<CreateFolderPayload> {
    const user = requireUser(caller);
    const { values, sharedWith } = parseNewFolder(user, input);
    await store.quotas.take(user.id, 'folder');
    return { folder: await store.folderWriting.add(user.id, values, sharedWith) };
  }

  @Authorize('user')
  @Mutation(() => UpdateFolderPayload, {
    description:
      `Changes a folder of the caller. Errors: ${ownerErrors}; FORBIDDEN also for SHARED_TEAM if the caller is not a ` +
      'hiring user, reviewer or admin; BAD_USER_INPUT for invalid values.',
  })
  async updateFolder(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateFolderInput, { description: 'The changes to make.' }) input: UpdateFolderInput,
  ): Promise<UpdateFolderPayload> {
    const { user, folder } = await requireOwnFolder(context, input.folderId);
    const { values, sharedWith } = parseFolderChange(user, folder, input);
    const changed = await context.store.folderWriting.change(folder, values, sharedWith);
    resetLoaders(context);
    return { folder: requireFolder(changed, folder.id) };
  }

  @Authorize('user')
  @Mutation(() => DeleteFolderPayload, {
    description: `Deletes a folder of the caller, not its members. Errors: ${ownerErrors}.`,
  })
  async deleteFolder(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeleteFolderInput, { description: 'The folder to delete.' }) { folderId }: DeleteFolderInput,
  ): Promise<DeleteFolderPayload> {
    const { folder } = await requireOwnFolder(context, folderId);
    await context.store.folderWriting.remove(folder.id);
    resetLoaders(context);
    return { folderId: folder.id };
  }

  @Authorize('user')
  @Mutation(() => SetFolderMemberPayload, {
    description:
      `Adds a freelancer to a folder of the caller, or removes one. Idempotent. Errors: ${ownerErrors}; NOT_FOUND also ` +
      'if the profile does not exist or the caller may not see it; RATE_LIMITED after 2000 new members in a day.',
  })
  async setFolderMember(
    @Ctx() context: JobsContext,
    @Arg('input', () => SetFolderMemberInput, {
      description: 'The folder, the profile, and whether it is a member.',
    })
    { folderId, profileId, member }: SetFolderMemberInput,
  ): Promise<SetFolderMemberPayload> {
    const { folder } = await requireOwnFolder(context, folderId);
    const profile = await requireVisibleProfile(context, profileId);
    if (member) await context.store.folderMembers.add(folder, profile.id);
    else await context.store.folderMembers.remove(folder.id, profile.id);
    resetLoaders(context);
    return { folder };
  }
}
