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
import type { MessagingContext } from '../context.js';

@Resolver(() => DataExport)
export class ExportResolver {
  @Authorize('user')
  @FieldResolver(() => ExportedRecordConnection, {
    nullable: true,
    description:
      'The conversations of the caller, also those that the caller has left, and the messages that the caller sent. A page may have fewer records than requested although another one follows.',
  })
  async messageRecords(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { caller, store }: MessagingContext,
  ): Promise<Connection<ExportedRecord>> {
    const page = parseExportPage(args);
    return toExportConnection(await store.recordsOf(requireUser(caller).id, page), page);
  }
}
