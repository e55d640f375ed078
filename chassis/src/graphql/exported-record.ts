/**
 * The parts of an export of a person's data. Each service that stores something about people adds a field to the type
 * `DataExport` of the service users, which returns these records.
 */
import 'reflect-metadata';
import { GraphQLJSONObject } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../paging/keyset-cursor.js';
import {
  type Connection,
  defineConnection,
  type ForwardPageArgs,
  pageInfoOf,
  pageSize,
} from '../paging/relay-connection.js';

@Directive('@shareable')
@ObjectType({ description: 'Something that is stored about a person, as it is stored.' })
export class ExportedRecord {
  @Field(() => String, { description: 'The kind of data, for example `activity`.' })
  kind!: string;

  @Field(() => GraphQLJSONObject, { description: 'Everything that is stored, by name. Times are RFC 3339.' })
  data!: Record<string, unknown>;
}

export const ExportedRecordConnection = defineConnection<ExportedRecord>('ExportedRecord', () => ExportedRecord, {
  isShareable: true,
});
export type ExportedRecordConnection = Connection<ExportedRecord>;

/** The export of a person's data, of which this service resolves a field. It belongs to the service users. */
@Directive('@key(fields: "id")')
@ObjectType()
export class DataExport {
  @Field(() => ID)
  id!: string;
}

/** The place of a record: its kind, and its key among those of the kind. */
export type ExportPosition = readonly [kind: string, key: string];

/** A record with its key. */
export interface ExportedRow extends ExportedRecord {
  key: string;
}

/** The records of a page. */
export interface ExportedRows {
  rows: readonly ExportedRow[];
  /** Where the next page begins; null if this is the last one. */
  next: ExportPosition | null;
}

/** The part of an export that a service reads. */
export interface ExportPage {
  size: number;
  after: ExportPosition | null;
}

const exportKeyset = z.tuple([z.string(), z.string()]);

/** @throws BAD_USER_INPUT if the page size is out of range or the cursor is not from an export */
export function parseExportPage({ first, after }: ForwardPageArgs): ExportPage {
  return { size: pageSize(first), after: after ? decodeCursor(after, exportKeyset, 'after') : null };
}

/** A page may have fewer records than requested although another one follows. */
export function toExportConnection({ rows, next }: ExportedRows, { after }: ExportPage): Connection<ExportedRecord> {
  const edges = rows.map((row) => ({ cursor: encodeCursor([row.kind, row.key]), node: row }));
  const pageInfo = pageInfoOf(edges, { after, before: null, isBackward: false }, next !== null);
  return { edges, pageInfo: { ...pageInfo, ...(next && { endCursor: encodeCursor(next) }) } };
}
