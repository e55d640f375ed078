import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { accountClosed } from '../accounts/account-rules.js';
import type { UsersContext } from '../context.js';
import {
  NotificationPreference,
  SetNotificationPreferencesInput,
  SetNotificationPreferencesPayload,
} from './preference-model.js';
import { parsePreferences } from './preference-rules.js';

@Resolver()
export class PreferenceResolver {
  @Authorize('user')
  @Query(() => [NotificationPreference], {
    description: 'How the caller receives notifications: each kind once. For signed-in users only.',
  })
  async notificationPreferences(@Ctx() { caller, store }: UsersContext): Promise<NotificationPreference[]> {
    return store.preferences.preferencesOf(requireUser(caller).id);
  }

  @Authorize('user')
  @Mutation(() => SetNotificationPreferencesPayload, {
    description:
      'Changes how the caller receives notifications from now on. Idempotent. Errors: UNAUTHENTICATED for a guest or a ' +
      'closed account, FORBIDDEN for a machine client, BAD_USER_INPUT for no kind, a kind that is given twice, and for ' +
      'SYSTEM without `inApp`.',
  })
  async setNotificationPreferences(
    @Arg('input', () => SetNotificationPreferencesInput, { description: 'The preferences to change.' })
    input: SetNotificationPreferencesInput,
    @Ctx() { caller, store }: UsersContext,
  ): Promise<SetNotificationPreferencesPayload> {
    const { id } = requireUser(caller);
    if (!(await store.preferences.change(id, parsePreferences(input)))) throw accountClosed();
    return { preferences: await store.preferences.preferencesOf(id) };
  }
}
