import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Node } from '@marquee/chassis/graphql/node-interface';
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
  description: 'The audience of a folder, in addition to its owner.',
  valuesConfig: {
    PRIVATE: { description: 'Only the owner.' },
    SHARED_USERS: { description: 'The users in `sharedWith`.' },
    SHARED_TEAM: { description: 'Every hiring user, reviewer and admin.' },
  },
});

@Directive('@key(fields: "id")')
@Authorize('user')
@ObjectType({
  implements: Node,
  description: 'A list of freelancers that a user keeps. Visible to its owner and according to its `privacy`.',
})
@Entity('folders')
export class Folder {
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'Name, 1 to 80 characters.' })
  @Column('text')
  name!: string;

  @Field(() => String, { nullable: true, description: 'Plain text, up to 500 characters. Null if not given.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => FolderPrivacy, { description: 'Audience of the folder, in addition to its owner.' })
  @Column('text')
  privacy!: FolderPrivacy;

  @Column('uuid', { name: 'owner_id' })
  ownerId!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

export const FolderConnection = defineConnection<Folder>('Folder', () => Folder);
export type FolderConnection = Connection<Folder>;
