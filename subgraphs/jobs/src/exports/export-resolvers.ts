import { Authorize } from '@marquee/chassis/graphql/authorize';
import {
  DataExport,
  type ExportedRecord,
  ExportedRecordConnection,
  parseExportPage,
  toExportConnection,
} from '@marquee/chassis/graphql/exported-record';
import { requireUser } from '@marquee/chassis/identity/caller';
import { type Connection, ForwardPageArgs } from '@marquee/chassis/paging/relay-connection';
import { Args, Ctx, FieldResolver, Resolver } from 'type-graphql';
import type { JobsContext } from '../context.js';

@Resolver(() => DataExport)
export class ExportResolver {
  @Authorize('user')
  @FieldResolver(() => ExportedRecordConnection, {
    nullable: true,
    description:
      'The freelancer profile of the caller, its portfolio, notes and feedback about it without their authors, proposals, jobs, ' +
      'invitations, reviews, favorites and folders.',
  })
  async workRecords(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { caller, store }: JobsContext,
  ): Promise<Connection<ExportedRecord>> {
    const page = parseExportPage(args);
    return toExportConnection(await store.exports.recordsOf(requireUser(caller).id, page), page);
  }
}
