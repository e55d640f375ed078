import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Folder, FolderPrivacy } from './folder-model.js';

@InputType({ description: 'A new folder.' })
export class CreateFolderInput {
  @Field(() => String, { description: 'Name, 1 to 80 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Plain text, up to 500 characters.' })
  description?: string | null;

  @Field(() => FolderPrivacy, {
    defaultValue: FolderPrivacy.PRIVATE,
    description: 'Audience of the folder. SHARED_TEAM is for hiring users, reviewers and admins only.',
  })
  privacy!: FolderPrivacy;

  @Field(() => [ID], {
    nullable: true,
    description: 'Up to 50 ids of users to share the folder with. Only with SHARED_USERS.',
  })
  sharedWithIds?: string[] | null;
}

@ObjectType({ description: 'Result of `createFolder`.' })
export class CreateFolderPayload {
  @Field(() => Folder, { description: 'The new folder.' })
  folder!: Folder;
}

@InputType({ description: 'Changes to a folder. Omitted fields keep their value.' })
export class UpdateFolderInput {
  @Field(() => ID, { description: 'Folder to change, which the caller owns.' })
  folderId!: string;

  @Field(() => String, { nullable: true, description: 'Name, 1 to 80 characters. Cannot be cleared.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Plain text, up to 500 characters. Null clears it.' })
  description?: string | null;

  @Field(() => FolderPrivacy, {
    nullable: true,
    description:
      'Audience of the folder. SHARED_TEAM is for hiring users, reviewers and admins only. Any value except SHARED_USERS ' +
      'ends the sharing with single users. Cannot be cleared.',
  })
  privacy?: FolderPrivacy | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Up to 50 ids of users to share the folder with, which replace the earlier ones. Only with SHARED_USERS. Null ' +
      'removes all.',
  })
  sharedWithIds?: string[] | null;
}

@ObjectType({ description: 'Result of `updateFolder`.' })
export class UpdateFolderPayload {
  @Field(() => Folder, { description: 'The folder after the change.' })
  folder!: Folder;
}

@InputType({ description: 'The folder to delete.' })
export class DeleteFolderInput {
  @Field(() => ID, { description: 'Folder to delete, which the caller owns.' })
  folderId!: string;
}

@ObjectType({ description: 'Result of `deleteFolder`.' })
export class DeleteFolderPayload {
  @Field(() => ID, { description: 'Id of the deleted folder.' })
  folderId!: string;
}

@InputType({ description: 'Whether a profile is a member of a folder.' })
export class SetFolderMemberInput {
  @Field(() => ID, { description: 'Folder to change, which the caller owns.' })
  folderId!: string;

  @Field(() => ID, { description: 'Profile to add or remove, which the caller can see.' })
  profileId!: string;

  @Field(() => Boolean, { description: 'True to add the profile to the folder, false to remove it.' })
  member!: boolean;
}

@ObjectType({ description: 'Result of `setFolderMember`.' })
export class SetFolderMemberPayload {
  @Field(() => Folder, { description: 'The folder with the new `members`.' })
  folder!: Folder;
}
