import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import {
  userDeactivated,
  userDeleted,
  userReactivated,
  userRegistered,
  userRenamed,
  userRoleChanged,
} from './user-events.js';

/** All types of domain events. */
export const catalogue: readonly EventDefinition[] = [
  userRegistered,
  userRenamed,
  userRoleChanged,
  userDeactivated,
  userReactivated,
  userDeleted,
];
