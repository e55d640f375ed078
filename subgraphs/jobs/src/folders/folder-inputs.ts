import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Folder, FolderPrivacy } from './folder-model.js';

@InputType()
export class CreateFolderInput {
  @Field(() => String, { description: '1 to 80 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  description?: string | null;

  @Field(() => FolderPrivacy, { defaultValue: FolderPrivacy.PRIVATE })
  privacy!: FolderPrivacy;

  @Field(() => [ID], { nullable: true, description: 'For SHARED_USERS: up to 50 users.' })
  sharedWithIds?: string[] | null;
}

@InputType({ description: 'What is left out stays.' })
export class UpdateFolderInput {
  @Field(() => ID)
  folderId!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'null clears it.' })
  description?: string | null;

  @Field(() => FolderPrivacy, { nullable: true })
  privacy?: FolderPrivacy | null;

  @Field(() => [ID], { nullable: true, description: 'For SHARED_USERS: up to 50 users, instead of those before.' })
  sharedWithIds?: string[] | null;
}

@InputType()
export class DeleteFolderInput {
  @Field(() => ID)
  folderId!: string;
}

@InputType()
export class SetFolderMemberInput {
  @Field(() => ID)
  folderId!: string;

  @Field(() => ID)
  profileId!: string;

  @Field(() => Boolean)
  member!: boolean;
}

@ObjectType()
export class CreateFolderPayload {
  @Field(() => Folder)
  folder!: Folder;
}

@ObjectType()
export class UpdateFolderPayload {
  @Field(() => Folder)
  folder!: Folder;
}

@ObjectType()
export class DeleteFolderPayload {
  @Field(() => ID, { description: 'The folder that is no more.' })
  folderId!: string;
}

@ObjectType()
export class SetFolderMemberPayload {
  @Field(() => Folder)
  folder!: Folder;
}
