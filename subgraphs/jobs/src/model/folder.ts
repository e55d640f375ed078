import { For } from '@marquee/chassis/graphql/rights';
import { connectionOf, type Connection } from '@marquee/chassis/paging/connection';
import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum FolderPrivacy {
  PRIVATE = 'PRIVATE',
  SHARED_USERS = 'SHARED_USERS',
  SHARED_TEAM = 'SHARED_TEAM',
}
registerEnumType(FolderPrivacy, {
  name: 'FolderPrivacy',
  description: 'Who sees a folder: its owner, the users it is shared with, or every hiring user, reviewer and admin.',
});

@Directive('@key(fields: "id")')
@For('user')
@ObjectType({ description: 'A list of freelancers that somebody keeps.' })
@Entity('folders')
export class Folder {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String)
  @Column('text')
  name!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => FolderPrivacy)
  @Column('text')
  privacy!: FolderPrivacy;

  @Column('uuid', { name: 'owner_id' })
  ownerId!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

export const FolderConnection = connectionOf<Folder>('Folder', () => Folder);
export type FolderConnection = Connection<Folder>;

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
