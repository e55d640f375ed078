import { Authorize } from '@marquee/chassis/graphql/authorize';
import { type Connection, PageArgs } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { validate } from 'uuid';
import { requireAdmin } from '../accounts/stored-role.js';
import type { UsersContext } from '../context.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { ErasureReport, ErasureReportConnection } from './erasure-model.js';

@Resolver()
export class ErasureResolver {
  @Authorize('role:ADMIN')
  @Query(() => ErasureReport, {
    nullable: true,
    description:
      'The erasure of a deleted account. Null if the user has not deleted their account. For admins. Errors: ' +
      'UNAUTHENTICATED for a guest, FORBIDDEN for other callers.',
  })
  async erasureReport(
    @Arg('userId', () => ID, { description: 'The id of the deleted user.' }) userId: string,
    @Ctx() context: UsersContext,
  ): Promise<ErasureReport | null> {
    await requireAdmin(context);
    return validate(userId) ? context.store.erasures.reportOf(userId) : null;
  }

  @Authorize('role:ADMIN')
  @Query(() => ErasureReportConnection, {
    description:
      'The erasures of deleted accounts, the latest first. For admins. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for ' +
      'other callers.',
  })
  async erasureReports(
    @Arg('openOnly', () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: 'Whether to omit erasures that are complete.',
    })
    openOnly: boolean | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: UsersContext,
  ): Promise<Connection<ErasureReport>> {
    await requireAdmin(context);
    const page = parseIdPage(args);
    return toIdConnection(await context.store.erasures.latest(openOnly === true, page), page);
  }
}
