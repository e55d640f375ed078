import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { resetLoaders, type UsersContext } from '../context.js';
import {
  SetUserActiveInput,
  SetUserActivePayload,
  SetUserRoleInput,
  SetUserRolePayload,
  SetUserVerifiedInput,
  SetUserVerifiedPayload,
} from './account-inputs.js';
import type { User } from '../people/user-model.js';
import { mustBeAdmin, mustHaveChanged, mustNotBeSelf, type AccountChangeResult } from './account-rules.js';

@Resolver()
export class AccountResolver {
  @Authorize('role:ADMIN')
  @Mutation(() => SetUserRolePayload, { description: 'For admins. The last active admin stays one.' })
  async setUserRole(
    @Arg('input', () => SetUserRoleInput) { userId, role }: SetUserRoleInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserRolePayload> {
    mustBeAdmin(context.caller);
    return { user: await changed(context, userId, await context.store.accounts.setRole(userId, role)) };
  }

  @Authorize('role:ADMIN')
  @Mutation(() => SetUserActivePayload, {
    description: 'For admins, and never for oneself. Somebody deactivated is refused everywhere within 30 seconds.',
  })
  async setUserActive(
    @Arg('input', () => SetUserActiveInput) { userId, isActive }: SetUserActiveInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserActivePayload> {
    mustNotBeSelf(mustBeAdmin(context.caller), userId);
    return { user: await changed(context, userId, await context.store.accounts.setActive(userId, isActive)) };
  }

  @Authorize('role:ADMIN')
  @Mutation(() => SetUserVerifiedPayload, { description: 'For admins.' })
  async setUserVerified(
    @Arg('input', () => SetUserVerifiedInput) { userId, verified }: SetUserVerifiedInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserVerifiedPayload> {
    mustBeAdmin(context.caller);
    return { user: await changed(context, userId, await context.store.accounts.setVerified(userId, verified)) };
  }
}

async function changed(context: UsersContext, userId: string, outcome: AccountChangeResult): Promise<User> {
  mustHaveChanged(outcome, userId);
  const user = await resetLoaders(context).user.load(userId);
  if (user === null) throw notFound('user', userId);
  return user;
}
