import { validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { defaultEmail, EmailFrequency, NotificationKind, notificationKinds } from './notification-kinds.js';
import type { NotificationPreference } from './preference-model.js';

const preferenceChange = z
  .object({
    kind: z.enum(NotificationKind),
    inApp: z.boolean().nullish(),
    email: z.enum(EmailFrequency).nullish(),
  })
  .refine(({ kind, inApp }) => kind !== NotificationKind.SYSTEM || inApp !== false, {
    path: ['inApp'],
    message: 'must be true for SYSTEM',
  });

/** A change of a preference; null for a part that stays as it is. */
export type PreferenceChange = z.output<typeof preferenceChange>;

const changes = z.object({
  preferences: z
    .array(preferenceChange)
    .min(1, 'must be at least 1')
    .max(notificationKinds.length, `must be at most ${notificationKinds.length}`)
    .refine((all) => new Set(all.map(({ kind }) => kind)).size === all.length, 'must have each kind at most once'),
});

/** @throws BAD_USER_INPUT with every problem */
export function parsePreferences(input: object): PreferenceChange[] {
  return validateInput(changes, input).preferences;
}

/**
 * The preferences of all kinds.
 * @param stored those that the user has changed
 * @param emailsStopped whether the user has ended the emails of all other kinds
 */
export function withDefaults(
  stored: readonly NotificationPreference[],
  emailsStopped: boolean,
): NotificationPreference[] {
  return notificationKinds.map((kind) => {
    const email = emailsStopped ? EmailFrequency.NEVER : defaultEmail[kind];
    return stored.find((preference) => preference.kind === kind) ?? { kind, inApp: true, email };
  });
}
