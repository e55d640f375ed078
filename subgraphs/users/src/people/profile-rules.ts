import { badInput, conflict, unauthenticated } from '@marquee/chassis/errors/errors';
import { validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { User } from './user-model.js';
import { handle } from './handle-rules.js';

const link = z.object({
  label: text(1, 50),
  url: z
    .instanceof(URL)
    .refine(({ protocol }) => protocol === 'https:' || protocol === 'http:', 'must be an http or https address')
    .transform(String)
    .refine((address) => address.length <= 2000, 'must have at most 2000 characters'),
});

const profile = z.object({
  handle: handle.optional(),
  displayName: text(1, 100).optional(),
  bio: clearable(500),
  pronouns: clearable(50),
  location: clearable(100),
  links: z
    .array(link)
    .max(10, 'must have at most 10 links')
    .nullish()
    .transform((links) => (links === null ? [] : links)),
  avatarId: z.string().nullish(),
  coverId: z.string().nullish(),
});

/** What of a profile changes: a field that is left out stays, null clears it. */
export type ProfileChange = z.output<typeof profile>;

/** @throws BAD_USER_INPUT with every problem */
export function parseProfileChange(input: object): ProfileChange {
  return validateInput(profile, input);
}

/** A signed caller counts for some seconds after its account was closed: such an account is not written to. */
export function requireOpenAccount(user: User | null): User {
  if (user?.isActive) return user;
  throw accountClosed();
}

export function accountClosed(): Error {
  return unauthenticated('This account is closed.');
}

/** @throws BAD_USER_INPUT when a handle is given that is not the user's own */
export function mustConfirm(user: User, confirmHandle: string | null | undefined): void {
  if (confirmHandle === undefined || confirmHandle === null || confirmHandle === user.handle) return;
  throw badInput({ path: 'input.confirmHandle', message: `must be your own handle, which is "${user.handle}"` });
}

export function handleTaken(taken: string): Error {
  return conflict(`The handle "${taken}" is taken.`);
}

function clearable(max: number) {
  return text(0, max)
    .nullish()
    .transform((value) => (value === '' ? null : value));
}
