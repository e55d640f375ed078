import { badInput, forbidden, notFound } from '@marquee/chassis/errors/errors';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { FolderPrivacy, type Folder } from './folder-model.js';
import type { FolderValues } from './folder-writing-store.js';
import { optionalLines, omitUndefined } from '../input/input-values.js';
import type { CreateFolderInput, UpdateFolderInput } from './folder-inputs.js';
import { isStaff, isModerator } from '../access.js';

const sharedWithIds = z
  .array(
    z
      .string()
      .refine((id) => validate(id), 'must be the id of a user')
      .toLowerCase(),
  )
  .max(50, 'must have at most 50 users')
  .nullish()
  .transform((ids) => (ids === undefined ? undefined : [...new Set(ids)]));

const newFolderSchema = z.object({
  name: text(1, 80),
  description: optionalLines(500).transform((value) => value ?? null),
  privacy: z.enum(FolderPrivacy),
  sharedWithIds,
});

const folderChangeSchema = z.object({
  name: text(1, 80).optional(),
  description: optionalLines(500),
  privacy: z.enum(FolderPrivacy, { error: 'cannot be cleared' }).optional(),
  sharedWithIds,
});

/** The changed columns of a folder, and the ids of the users to share it with; undefined keeps the current ones. */
export interface FolderChange {
  values: Partial<FolderValues>;
  sharedWith: string[] | undefined;
}

/** @throws BAD_USER_INPUT with every invalid field, FORBIDDEN for SHARED_TEAM if the caller is not staff */
export function parseNewFolder(
  caller: UserCaller,
  input: CreateFolderInput,
): { values: FolderValues; sharedWith: string[] } {
  const { sharedWithIds: users, ...values } = validateInput(newFolderSchema, input);
  assertShareable(caller, values.privacy, users);
  return { values, sharedWith: withoutCaller(caller, users ?? []) };
}

/** @throws BAD_USER_INPUT with every invalid field, FORBIDDEN for SHARED_TEAM if the caller is not staff */
export function parseFolderChange(caller: UserCaller, folder: Folder, input: UpdateFolderInput): FolderChange {
  const { sharedWithIds: users, ...values } = validateInput(folderChangeSchema, input);
  const privacy = values.privacy ?? folder.privacy;
  assertShareable(caller, privacy, users);
  const sharedWith = privacy === FolderPrivacy.SHARED_USERS ? users : [];
  return { values: omitUndefined(values), sharedWith: sharedWith && withoutCaller(caller, sharedWith) };
}

/** @param sharedWith the users that the folder is shared with */
export function canSeeFolder(caller: Caller, folder: Folder, sharedWith: readonly string[]): boolean {
  if (caller.kind !== 'user') return false;
  if (folder.ownerId === caller.id) return true;
  switch (folder.privacy) {
    case FolderPrivacy.PRIVATE:
      return false;
    case FolderPrivacy.SHARED_USERS:
      return sharedWith.includes(caller.id);
    case FolderPrivacy.SHARED_TEAM:
      return isStaff(caller);
  }
}

/** Returns the viewer whose visible members to list, or null for a moderator, because moderators see every profile. */
export function memberViewer(caller: Caller): { id: string | null } | null {
  if (isModerator(caller)) return null;
  return { id: caller.kind === 'user' ? caller.id : null };
}

/** @throws NOT_FOUND if the folder does not exist or the caller may not see it */
export function requireFolder(folder: Folder | null, id: string): Folder {
  if (folder !== null) return folder;
  throw notFound('folder', id.slice(0, 100));
}

/** @throws FORBIDDEN unless the caller owns the folder */
export function requireFolderOwner(caller: UserCaller, folder: Folder): Folder {
  if (folder.ownerId === caller.id) return folder;
  throw forbidden('Only its owner can change or delete a folder.');
}

function assertShareable(caller: UserCaller, privacy: FolderPrivacy, users: readonly string[] | undefined): void {
  if (privacy === FolderPrivacy.SHARED_TEAM && !isStaff(caller))
    throw forbidden('Only hiring users, reviewers and admins can share a folder with the team.');
  if (privacy !== FolderPrivacy.SHARED_USERS && users !== undefined && users.length > 0)
    throw badInput({ path: 'input.sharedWithIds', message: `is not allowed for ${privacy}` });
}

/** The owner always has access, so a folder is never shared with its owner. */
function withoutCaller(caller: UserCaller, ids: readonly string[]): string[] {
  return ids.filter((id) => id !== caller.id);
}
