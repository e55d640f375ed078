import { Authorize } from '@marquee/chassis/graphql/authorize';
import {
  type ExportedRecord,
  ExportedRecordConnection,
  parseExportPage,
  toExportConnection,
} from '@marquee/chassis/graphql/exported-record';
import { requireUser } from '@marquee/chassis/identity/caller';
import { type Connection, ForwardPageArgs } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver } from 'type-graphql';
import { mustConfirm, requireOpenAccount } from '../accounts/account-rules.js';
import type { UsersContext } from '../context.js';
import { DataExport, ExportMyDataInput, ExportMyDataPayload } from './export-model.js';
import { findExport, newExport } from './export-rules.js';

@Resolver(() => DataExport)
export class ExportResolver {
  @Authorize('user')
  @Mutation(() => ExportMyDataPayload, {
    description:
      'Starts an export of everything that is stored about the caller, in every service. Errors: UNAUTHENTICATED for a guest ' +
      'or a closed account, FORBIDDEN for a machine client, BAD_USER_INPUT if `confirmHandle` is not the own handle, ' +
      'RATE_LIMITED after 10 exports in a day.',
  })
  async exportMyData(
    @Arg('input', () => ExportMyDataInput, { description: 'A confirmation.' }) input: ExportMyDataInput,
    @Ctx() { caller, loaders, store, mediaService }: UsersContext,
  ): Promise<ExportMyDataPayload> {
    const user = requireUser(caller);
    mustConfirm(requireOpenAccount(await loaders.account.load(user.id)), input.confirmHandle);
    await store.quotas.take(user.id, 'export');
    return { export: newExport(user, mediaService.ids) };
  }

  @Authorize('user')
  @Query(() => DataExport, {
    nullable: true,
    description:
      'An export that the caller has started, to read its further pages. Null if it is not one of the caller, and after an ' +
      'hour. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a machine client.',
  })
  dataExport(
    @Arg('id', () => ID, { description: 'The id of the export.' }) id: string,
    @Ctx() { caller, mediaService }: UsersContext,
  ): DataExport | null {
    return findExport(requireUser(caller), mediaService.ids, id);
  }

  @Authorize('user')
  @FieldResolver(() => ExportedRecordConnection, {
    nullable: true,
    description:
      'The account and the profile of the caller, activities, likes, notifications, uploads, and the number of actions that ' +
      'count against quotas.',
  })
  async accountRecords(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { caller, store }: UsersContext,
  ): Promise<Connection<ExportedRecord>> {
    const page = parseExportPage(args);
    return toExportConnection(await store.exports.recordsOf(requireUser(caller).id, page), page);
  }
}
