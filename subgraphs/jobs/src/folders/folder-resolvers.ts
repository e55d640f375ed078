import { For } from '@marquee/chassis/graphql/rights';
import { PageArgs } from '@marquee/chassis/paging/connection';
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { validate } from 'uuid';
import { forgetLoaded, type JobsContext } from '../context.js';
import { Folder, FolderConnection } from './folder-model.js';
import { folderChange, mustFindFolder, mustKeepFolders, newFolder } from './folder-rules.js';
import { ownFolder, visibleFolder } from './folder-access.js';
import { idConnection, idPage } from '../paging/id-connection.js';
import { findProfile } from '../profiles/profile-access.js';
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
import { isInternal } from '../access.js';

@Resolver(() => Folder)
export class FolderResolver {
  @For('user')
  @Query(() => FolderConnection, { description: 'The folders that the caller may see, the newest first.' })
  async folders(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<FolderConnection> {
    const user = mustKeepFolders(caller);
    const page = idPage(args);
    return idConnection(await store.folders.seenBy(user.id, isInternal(user), page), page);
  }

  @For('user')
  @Query(() => Folder, { nullable: true })
  async folder(@Ctx() context: JobsContext, @Arg('id', () => ID) id: string): Promise<Folder | null> {
    mustKeepFolders(context.caller);
    return validate(id) ? visibleFolder(context, id.toLowerCase()) : null;
  }

  @For('user')
  @Mutation(() => CreateFolderPayload)
  async createFolder(
    @Ctx() { caller, store }: JobsContext,
    @Arg('input', () => CreateFolderInput) input: CreateFolderInput,
  ): Promise<CreateFolderPayload> {
    const user = mustKeepFolders(caller);
    const { values, sharedWith } = newFolder(user, input);
    return { folder: await store.folderWriting.add(user.id, values, sharedWith) };
  }

  @For('user')
  @Mutation(() => UpdateFolderPayload, { description: 'The owner alone.' })
  async updateFolder(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateFolderInput) input: UpdateFolderInput,
  ): Promise<UpdateFolderPayload> {
    const { user, folder } = await ownFolder(context, input.folderId);
    const { values, sharedWith } = folderChange(user, folder, input);
    const changed = await context.store.folderWriting.change(folder.id, values, sharedWith);
    forgetLoaded(context);
    return { folder: mustFindFolder(changed, folder.id) };
  }

  @For('user')
  @Mutation(() => DeleteFolderPayload, { description: 'The owner alone.' })
  async deleteFolder(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeleteFolderInput) { folderId }: DeleteFolderInput,
  ): Promise<DeleteFolderPayload> {
    const { folder } = await ownFolder(context, folderId);
    await context.store.folderWriting.remove(folder.id);
    forgetLoaded(context);
    return { folderId: folder.id };
  }

  @For('user')
  @Mutation(() => SetFolderMemberPayload, { description: 'The owner alone. Idempotent.' })
  async setFolderMember(
    @Ctx() context: JobsContext,
    @Arg('input', () => SetFolderMemberInput) { folderId, profileId, member }: SetFolderMemberInput,
  ): Promise<SetFolderMemberPayload> {
    const { folder } = await ownFolder(context, folderId);
    const profile = await findProfile(context, profileId);
    await context.store.folderMembers[member ? 'add' : 'remove'](folder.id, profile.id);
    forgetLoaded(context);
    return { folder };
  }
}
