import { Authorize } from '@marquee/chassis/graphql/authorize';
import { roles, type Role } from '@marquee/chassis/identity/caller';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLEmailAddress, GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export const RoleEnum = Object.fromEntries(roles.map((role) => [role, role])) as { [Name in Role]: Name };
registerEnumType(RoleEnum, { name: 'Role', description: 'What a person may do on the marketplace.' });

@Directive('@broadcast')
@ObjectType({ description: 'A link that a person shows on their profile.' })
export class ProfileLink {
  @Field(() => String)
  label!: string;

  @Field(() => GraphQLURL, { description: 'http or https.' })
  url!: string;
}

@ObjectType({ description: 'What only the person and admins see.' })
export class Account {
  @Authorize('user')
  @Field(() => GraphQLEmailAddress, { nullable: true })
  email!: string | null;

  @Authorize('user')
  @Field(() => RoleEnum)
  role!: Role;

  @Authorize('user')
  @Field(() => Boolean, { description: 'False once an admin deactivated the account or its owner deleted it.' })
  isActive!: boolean;

  @Authorize('user')
  @Field(() => Date, { nullable: true, description: 'To the minute.' })
  lastSeenAt!: Date | null;
}

@Directive('@key(fields: "id")')
@Directive('@key(fields: "handle")')
@ObjectType({
  description: 'A person. A deleted account stays as "deleted user", so that what it posted keeps an author.',
})
@Entity('users')
export class User {
  @Directive('@broadcast')
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => String, { description: 'Unique; lower-case letters, digits and underscores, 3 to 30 of them.' })
  @Column('text')
  handle!: string;

  @Directive('@broadcast')
  @Field(() => String)
  @Column('text', { name: 'display_name' })
  displayName!: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  bio!: string | null;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  pronouns!: string | null;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  location!: string | null;

  @Directive('@broadcast')
  @Field(() => [ProfileLink])
  @Column('jsonb')
  links!: ProfileLink[];

  @Directive('@broadcast')
  @Field(() => Boolean, { description: 'An admin has checked that this is who they say.' })
  @Column('boolean')
  verified!: boolean;

  @Directive('@broadcast')
  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'avatar_id', nullable: true })
  avatarId!: string | null;

  @Column('uuid', { name: 'cover_id', nullable: true })
  coverId!: string | null;

  @Column('text')
  sub!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text')
  role!: Role;

  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;

  /** The display name without accents and capitals. */
  @Column('text', { name: 'folded_name', select: false })
  foldedName!: string;

  /** What a search looks at; the database makes it of the folded name and the handle. */
  @Column({ type: 'text', name: 'search_name', select: false, insert: false, update: false })
  searchName!: string;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt!: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}

export const UserConnection = defineConnection<User>('User', () => User);
export type UserConnection = Connection<User>;
