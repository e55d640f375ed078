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
import type { ShowsContext } from '../context.js';

@Resolver(() => DataExport)
export class ExportResolver {
  @Authorize('user')
  @FieldResolver(() => ExportedRecordConnection, {
    nullable: true,
    description:
      'The shows that the caller has added. A page may have fewer records than requested although another one follows.',
  })
  async showRecords(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { caller, store }: ShowsContext,
  ): Promise<Connection<ExportedRecord>> {
    const page = parseExportPage(args);
    return toExportConnection(await store.recordsOf(requireUser(caller).id, page), page);
  }
}
