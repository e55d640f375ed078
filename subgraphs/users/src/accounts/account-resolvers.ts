import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { reloadUser } from '../people/user-access.js';
import type { User } from '../people/user-model.js';
import { publishInbox, publishPrincipal } from '../topics.js';
import {
  DeleteMyAccountInput,
  DeleteMyAccountPayload,
  SetUserActiveInput,
  SetUserActivePayload,
  SetUserRoleInput,
  SetUserRolePayload,
  SetUserVerifiedInput,
  SetUserVerifiedPayload,
} from './account-inputs.js';
import {
  type AccountChangeResult,
  mustBeAdmin,
  mustConfirm,
  mustHaveChanged,
  mustNotBeSelf,
  requireOpenAccount,
} from './account-rules.js';

@Resolver()
export class AccountResolver {
  @Authorize('role:ADMIN')
  @Mutation(() => SetUserRolePayload, {
    description:
      'Assigns a role to a user. For admins. Errors: UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for other callers, NOT_FOUND ' +
      'if there is no such user, CONFLICT if no active admin would remain.',
  })
  async setUserRole(
    @Arg('input', () => SetUserRoleInput, { description: 'The user and the role.' }) { userId, role }: SetUserRoleInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserRolePayload> {
    const admin = mustBeAdmin(context.caller);
    return { user: await changed(context, userId, await context.store.accounts.setRole(admin.id, userId, role)) };
  }

  @Authorize('role:ADMIN')
  @Mutation(() => SetUserActivePayload, {
    description:
      'Deactivates or activates an account. For admins, but not for their own account. Within 30 seconds a deactivated ' +
      'user gets UNAUTHENTICATED everywhere, also on open connections. The activities of the user are hidden until the ' +
      'account is activated again. Errors: UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for ' +
      "other callers and for the caller's own account, NOT_FOUND if there is no such user, CONFLICT if no active admin " +
      'would remain.',
  })
  async setUserActive(
    @Arg('input', () => SetUserActiveInput, { description: 'The user, and whether the account is active.' })
    { userId, isActive }: SetUserActiveInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserActivePayload> {
    const admin = mustBeAdmin(context.caller);
    mustNotBeSelf(admin, userId);
    const result = await context.store.accounts.setActive(admin.id, userId, isActive);
    if (result === 'changed') await announceActivities(context, userId.toLowerCase());
    return { user: await changed(context, userId, result) };
  }

  @Authorize('role:ADMIN')
  @Mutation(() => SetUserVerifiedPayload, {
    description:
      'Sets whether the identity of a user is verified. For admins. Errors: UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for ' +
      'other callers, NOT_FOUND if there is no such user.',
  })
  async setUserVerified(
    @Arg('input', () => SetUserVerifiedInput, { description: 'The user and the new value.' })
    { userId, verified }: SetUserVerifiedInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserVerifiedPayload> {
    const { id } = mustBeAdmin(context.caller);
    return { user: await changed(context, userId, await context.store.accounts.setVerified(id, userId, verified)) };
  }

  @Authorize('user')
  @Mutation(() => DeleteMyAccountPayload, {
    description:
      "Deletes the caller's account permanently, with its user at the identity provider. Personal data and activities are " +
      'erased at once, and within 60 seconds uploads, their copies in shared caches, and the data that other services store ' +
      'about the caller. Copies of published files remain in the browsers that have shown them. The handle becomes ' +
      'available. Errors: UNAUTHENTICATED for a guest or a closed account, FORBIDDEN for a machine client, ' +
      'BAD_USER_INPUT if `confirmHandle` is not the own handle, CONFLICT for the last active admin.',
  })
  async deleteMyAccount(
    @Arg('input', () => DeleteMyAccountInput, { description: 'A confirmation.' }) input: DeleteMyAccountInput,
    @Ctx() context: UsersContext,
  ): Promise<DeleteMyAccountPayload> {
    const { id } = requireUser(context.caller);
    mustConfirm(requireOpenAccount(await context.loaders.account.load(id)), input.confirmHandle);
    const { result, activityIds } = await context.store.accounts.close(id);
    mustHaveChanged(result, id);
    context.announcer.announce(activityIds);
    const user = announced(context, await reloadUser(context, id));
    const { emails, log } = context;
    await emails?.mailer
      .erase(id)
      .catch((err: unknown) => log.warn({ err }, 'the mails of a deleted account were not erased'));
    await context.erasures.eraseNow(id);
    return { user };
  }
}

async function changed(context: UsersContext, userId: string, result: AccountChangeResult): Promise<User> {
  mustHaveChanged(result, userId, 'input.userId');
  if (result === 'changed') publishInbox(context.bus, userId.toLowerCase());
  const user = await reloadUser(context, userId.toLowerCase());
  return result === 'changed' ? announced(context, user) : user;
}

/** Announces that the activities of a user are hidden or shown, which has taken effect already: a failure is logged only. */
async function announceActivities({ announcer, log, store }: UsersContext, userId: string): Promise<void> {
  try {
    announcer.announce(await store.activities.newestIdsOf(userId));
  } catch (err) {
    log.warn({ err }, 'the activities of a user who was activated or deactivated were not announced');
  }
}

/** The gateways cache roles and activations for some seconds. */
function announced({ bus }: UsersContext, user: User): User {
  publishPrincipal(bus, user.sub);
  return user;
}
