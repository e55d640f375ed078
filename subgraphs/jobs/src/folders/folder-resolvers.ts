import { Authorize } from '@marquee/chassis/graphql/authorize';
import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { validate } from 'uuid';
import { resetLoaders, type JobsContext } from '../context.js';
import { Folder, FolderConnection } from './folder-model.js';
import { parseFolderChange, requireFolder, requireFolderUser, parseNewFolder } from './folder-rules.js';
import { requireOwnFolder, findVisibleFolder } from './folder-access.js';
import { toIdConnection, parseIdPage } from '../paging/id-connection.js';
import { requireVisibleProfile } from '../profiles/profile-access.js';
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
import { isStaff } from '../access.js';

@Resolver(() => Folder)
export class FolderResolver {
  @Authorize('user')
  @Query(() => FolderConnection, { description: 'The folders that the caller may see, the newest first.' })
  async folders(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<FolderConnection> {
    const user = requireFolderUser(caller);
    const page = parseIdPage(args);
    return toIdConnection(await store.folders.seenBy(user.id, isStaff(user), page), page);
  }

  @Authorize('user')
  @Query(() => Folder, { nullable: true })
  async folder(@Ctx() context: JobsContext, @Arg('id', () => ID) id: string): Promise<Folder | null> {
    requireFolderUser(context.caller);
    return validate(id) ? findVisibleFolder(context, id.toLowerCase()) : null;
  }

  @Authorize('user')
  @Mutation(() => CreateFolderPayload)
  async createFolder(
    @Ctx() { caller, store }: JobsContext,
    @Arg('input', () => CreateFolderInput) input: CreateFolderInput,
  ): Promise<CreateFolderPayload> {
    const user = requireFolderUser(caller);
    const { values, sharedWith } = parseNewFolder(user, input);
    return { folder: await store.folderWriting.add(user.id, values, sharedWith) };
  }

  @Authorize('user')
  @Mutation(() => UpdateFolderPayload, { description: 'The owner alone.' })
  async updateFolder(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateFolderInput) input: UpdateFolderInput,
  ): Promise<UpdateFolderPayload> {
    const { user, folder } = await requireOwnFolder(context, input.folderId);
    const { values, sharedWith } = parseFolderChange(user, folder, input);
    const changed = await context.store.folderWriting.change(folder.id, values, sharedWith);
    resetLoaders(context);
    return { folder: requireFolder(changed, folder.id) };
  }

  @Authorize('user')
  @Mutation(() => DeleteFolderPayload, { description: 'The owner alone.' })
  async deleteFolder(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeleteFolderInput) { folderId }: DeleteFolderInput,
  ): Promise<DeleteFolderPayload> {
    const { folder } = await requireOwnFolder(context, folderId);
    await context.store.folderWriting.remove(folder.id);
    resetLoaders(context);
    return { folderId: folder.id };
  }

  @Authorize('user')
  @Mutation(() => SetFolderMemberPayload, { description: 'The owner alone. Idempotent.' })
  async setFolderMember(
    @Ctx() context: JobsContext,
    @Arg('input', () => SetFolderMemberInput) { folderId, profileId, member }: SetFolderMemberInput,
  ): Promise<SetFolderMemberPayload> {
    const { folder } = await requireOwnFolder(context, folderId);
    const profile = await requireVisibleProfile(context, profileId);
    await context.store.folderMembers[member ? 'add' : 'remove'](folder.id, profile.id);
    resetLoaders(context);
    return { folder };
  }
}
