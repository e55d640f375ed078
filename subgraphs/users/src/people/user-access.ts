import { notFound } from '@marquee/chassis/errors/errors';
import { isAdmin } from '../accounts/stored-role.js';
import { resetLoaders, type UsersContext } from '../context.js';
import { tombstone, tombstoneOfHandle } from './tombstone.js';
import type { User } from './user-model.js';

/** Loads a user after a write. @throws NOT_FOUND */
export async function reloadUser(context: UsersContext, userId: string): Promise<User> {
  const user = await resetLoaders(context).account.load(userId);
  if (user === null) throw notFound('user', userId);
  return user;
}

/** Loads the user of a reference, as the caller may see them. Always resolves: a user who is gone is a tombstone. */
export async function loadUser(context: UsersContext, userId: string): Promise<User> {
  return (await findUser(context, userId)) ?? tombstone(userId);
}

/** Returns the user as the caller may see them, a tombstone after a deletion or deactivation; null for an unknown id. */
export async function findUser(context: UsersContext, userId: string): Promise<User | null> {
  const user = await context.loaders.account.load(userId);
  return user === null || (await canSee(context, user)) ? user : tombstone(userId);
}

/**
 * Returns the user with a handle. Null also for the former handle of a deactivated user, unless the caller is an admin,
 * because it would reveal whose tombstone it is.
 */
export async function findUserByHandle(context: UsersContext, handle: string): Promise<User | null> {
  const user = await context.loaders.accountByHandle.load(handle.toLowerCase());
  if (user === null || (await canSee(context, user))) return user;
  return user.deletedAt === null ? null : tombstone(user.id);
}

/** Loads the user of a reference by handle. Always resolves. */
export async function loadUserByHandle(context: UsersContext, handle: string): Promise<User> {
  return (await findUserByHandle(context, handle)) ?? tombstoneOfHandle(handle);
}

/** Everyone sees active users. Admins also see others, because they need to find them to activate them again. */
async function canSee(context: UsersContext, user: User): Promise<boolean> {
  return user.isActive || isAdmin(context);
}
