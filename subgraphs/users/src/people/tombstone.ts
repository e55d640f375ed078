import { createHash } from 'node:crypto';
import { validate } from 'uuid';
import { User } from './user-model.js';

/** The personal values of a user who is gone. A deleted account stores them, too. */
export const erased = {
  email: null,
  displayName: 'deleted user',
  foldedName: '',
  bio: null,
  pronouns: null,
  location: null,
  links: [],
  avatarId: null,
  coverId: null,
  pendingAvatarId: null,
  pendingCoverId: null,
  verified: false,
  role: 'FREELANCER',
  isActive: false,
  lastSeenAt: null,
} as const satisfies Partial<User>;

/**
 * The value of a reference to a user that is unknown, deleted or deactivated. The three look the same, and no stored
 * reference makes a response fail, whatever its id is.
 */
export function tombstone(id: string): User {
  return Object.assign(new User(), erased, { id, links: [], handle: tombstoneHandle(id), createdAt: new Date(0) });
}

/** The same for a reference by handle. Its id is not that of an account, so that the handle reveals none. */
export function tombstoneOfHandle(handle: string): User {
  const hash = hashOf(handle);
  const id = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  return tombstone([...id, hash.slice(20, 32)].join('-'));
}

/** A reserved handle with the end of the id, which is its random part. */
export function tombstoneHandle(userId: string): string {
  const digits = validate(userId) ? userId.toLowerCase().replaceAll('-', '') : hashOf(userId);
  return `deleted_${digits.slice(-20)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
