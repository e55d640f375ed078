import { Authorize } from '@marquee/chassis/graphql/authorize';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
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
@Authorize('user')
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

export const FolderConnection = defineConnection<Folder>('Folder', () => Folder);
export type FolderConnection = Connection<Folder>;
