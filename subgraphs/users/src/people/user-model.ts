import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Node } from '@marquee/chassis/graphql/node-interface';
import { roles, type Role } from '@marquee/chassis/identity/caller';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLEmailAddress, GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export const RoleEnum = Object.fromEntries(roles.map((role) => [role, role])) as { [Name in Role]: Name };
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'The permissions of a user on the marketplace. Assigned by admins; a role in a token is ignored.',
  valuesConfig: {
    ADMIN: { description: 'Manages users, reference data and the catalogue; includes the permissions of a reviewer.' },
    REVIEWER: { description: 'Reviews freelancer profiles, portfolios and jobs.' },
    HIRING_USER: { description: 'Posts jobs and chooses among proposals.' },
    FREELANCER: { description: 'Presents a portfolio and sends proposals. The role of every new user.' },
  },
});

@Directive('@broadcast')
@ObjectType({ description: 'A link on the profile of a user.' })
export class ProfileLink {
  @Field(() => String, { description: 'The text of the link: 1 to 50 characters.' })
  label!: string;

  @Field(() => GraphQLURL, { description: 'The address, http or https.' })
  url!: string;
}

@ObjectType({ description: 'The private part of a user. Visible only to the user and to admins.' })
export class Account {
  @Authorize('user')
  @Field(() => GraphQLEmailAddress, {
    nullable: true,
    description: 'The email address from the sign-in. Null if the identity provider sends none.',
  })
  email!: string | null;

  @Authorize('user')
  @Field(() => RoleEnum, { description: 'The permissions of the user on the marketplace.' })
  role!: Role;

  @Authorize('user')
  @Field(() => Boolean, {
    description: 'False after an admin deactivated the account or its owner deleted it: the user can then not sign in.',
  })
  isActive!: boolean;

  @Authorize('user')
  @Field(() => Date, {
    nullable: true,
    description: 'The last request of the user, to the minute. Null if there was none.',
  })
  lastSeenAt!: Date | null;
}

// Not cacheable as PUBLIC: an admin sees more of a deactivated user than others do.
@Directive('@key(fields: "id")')
@Directive('@key(fields: "handle")')
@ObjectType({
  implements: Node,
  description:
    'A person. Public. A reference to a user always resolves: one who is unknown, deleted or deactivated is a ' +
    'tombstone without personal data, see `isGone`.',
})
@Entity('users')
export class User {
  @Directive('@broadcast')
  @Field(() => ID, { description: 'The id of the user. It never changes.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => String, {
    description: 'The unique public name: 3 to 30 lower-case letters, digits or underscores. The user can change it.',
  })
  @Column('text')
  handle!: string;

  @Directive('@broadcast')
  @Field(() => String, { description: 'The name to show: 1 to 100 characters.' })
  @Column('text', { name: 'display_name' })
  displayName!: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true, description: 'A self-description, up to 500 characters. Null if not given.' })
  @Column('text', { nullable: true })
  bio!: string | null;

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description: 'For example `she/her`, up to 50 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  pronouns!: string | null;

  @Directive('@broadcast')
  @Field(() => String, {
    nullable: true,
    description: 'Where the user lives or works, as free text up to 100 characters. Null if not given.',
  })
  @Column('text', { nullable: true })
  location!: string | null;

  @Directive('@broadcast')
  @Field(() => [ProfileLink], { description: 'Up to 10 links, in the order to show them.' })
  @Column('jsonb')
  links!: ProfileLink[];

  @Directive('@broadcast')
  @Field(() => Boolean, { description: 'Whether an admin has verified the identity of the user.' })
  @Column('boolean')
  verified!: boolean;

  @Directive('@broadcast')
  @Field(() => Date, {
    description: 'When the user first signed in. 1970-01-01T00:00:00Z for a user who is gone.',
  })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'avatar_id', nullable: true })
  avatarId!: string | null;

  @Column('uuid', { name: 'cover_id', nullable: true })
  coverId!: string | null;

  @Column('uuid', { name: 'pending_avatar_id', nullable: true })
  pendingAvatarId!: string | null;

  @Column('uuid', { name: 'pending_cover_id', nullable: true })
  pendingCoverId!: string | null;

  @Column('text')
  sub!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text')
  role!: Role;

  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;

  /** The display name without case and accents. */
  @Column('text', { name: 'folded_name', select: false })
  foldedName!: string;

  /** The text that a search matches; the database derives it from the folded name and the handle. */
  @Column({ type: 'text', name: 'search_name', select: false, insert: false, update: false })
  searchName!: string;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt!: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}

export const UserConnection = defineConnection<User>('User', () => User);
export type UserConnection = Connection<User>;
