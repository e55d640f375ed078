import { notFound } from '@marquee/chassis/errors/errors';
import { For } from '@marquee/chassis/graphql/rights';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { forgetLoaded, type UsersContext } from '../context.js';
import {
  SetUserActiveInput,
  SetUserActivePayload,
  SetUserRoleInput,
  SetUserRolePayload,
  SetUserVerifiedInput,
  SetUserVerifiedPayload,
} from '../model/administration.js';
import type { User } from '../model/user.js';
import { mustBeAdmin, mustBeDone, notOneself, type Outcome } from '../rules/administration.js';

@Resolver()
export class AdministrationResolver {
  @For('role:ADMIN')
  @Mutation(() => SetUserRolePayload, { description: 'For admins. The last active admin stays one.' })
  async setUserRole(
    @Arg('input', () => SetUserRoleInput) { userId, role }: SetUserRoleInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserRolePayload> {
    mustBeAdmin(context.caller);
    return { user: await changed(context, userId, await context.store.administration.setRole(userId, role)) };
  }

  @For('role:ADMIN')
  @Mutation(() => SetUserActivePayload, {
    description: 'For admins, and never for oneself. Somebody deactivated is refused everywhere within 30 seconds.',
  })
  async setUserActive(
    @Arg('input', () => SetUserActiveInput) { userId, isActive }: SetUserActiveInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserActivePayload> {
    notOneself(mustBeAdmin(context.caller), userId);
    return { user: await changed(context, userId, await context.store.administration.setActive(userId, isActive)) };
  }

  @For('role:ADMIN')
  @Mutation(() => SetUserVerifiedPayload, { description: 'For admins.' })
  async setUserVerified(
    @Arg('input', () => SetUserVerifiedInput) { userId, verified }: SetUserVerifiedInput,
    @Ctx() context: UsersContext,
  ): Promise<SetUserVerifiedPayload> {
    mustBeAdmin(context.caller);
    return { user: await changed(context, userId, await context.store.administration.setVerified(userId, verified)) };
  }
}

async function changed(context: UsersContext, userId: string, outcome: Outcome): Promise<User> {
  mustBeDone(outcome, userId);
  const user = await forgetLoaded(context).user.load(userId);
  if (user === null) throw notFound('user', userId);
  return user;
}
