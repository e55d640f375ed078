import { notFound } from '@marquee/chassis/errors/errors';
import { resetLoaders, type UsersContext } from '../context.js';
import type { User } from './user-model.js';

/** Loads a user after a write. @throws NOT_FOUND */
export async function reloadUser(context: UsersContext, userId: string): Promise<User> {
  return requireFound(await resetLoaders(context).user.load(userId), userId);
}

/** Loads the user of a reference that the database guarantees. @throws NOT_FOUND */
export async function loadUser({ loaders }: UsersContext, userId: string): Promise<User> {
  return requireFound(await loaders.user.load(userId), userId);
}

function requireFound(user: User | null, userId: string): User {
  if (user === null) throw notFound('user', userId);
  return user;
}
