import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { roles } from '@marquee/chassis/identity/caller';
import { z } from 'zod';

/** The subject of each of these events is the id of the user. The trigger `users_emitted` of the service emits them. */
const source = 'users';

const userId = z.uuid().describe('The id of the user.');
const role = z.enum(roles);

const user = z.object({ userId });

export const userRegistered = {
  source,
  type: 'UserRegistered',
  version: 1,
  description: 'A person signed in for the first time.',
  data: z.object({ userId, role: role.describe('The first role of the user.') }),
} satisfies EventDefinition;

export const userRenamed = {
  source,
  type: 'UserRenamed',
  version: 1,
  description: 'A user changed their handle or their display name.',
  data: user,
} satisfies EventDefinition;

export const userRoleChanged = {
  source,
  type: 'UserRoleChanged',
  version: 1,
  description: 'An admin gave a user another role.',
  data: z.object({
    userId,
    role: role.describe('The role that the user has now.'),
    previousRole: role.describe('The role that the user had before.'),
  }),
} satisfies EventDefinition;

export const userDeactivated = {
  source,
  type: 'UserDeactivated',
  version: 1,
  description:
    'An admin deactivated an account. The profile and the jobs of the user are hidden until it is reactivated.',
  data: user,
} satisfies EventDefinition;

export const userReactivated = {
  source,
  type: 'UserReactivated',
  version: 1,
  description: 'An admin activated a deactivated account again.',
  data: user,
} satisfies EventDefinition;

export const userDeleted = {
  source,
  type: 'UserDeleted',
  version: 1,
  description:
    'A user deleted their account. Each service erases the data that it stores about them. No event of the user follows.',
  data: user,
} satisfies EventDefinition;
