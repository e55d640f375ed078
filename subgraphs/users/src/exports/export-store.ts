import type { ExportPage } from '@marquee/chassis/graphql/exported-record';
import { type PersonRows, readPersonRows } from '@marquee/chassis/postgres/person-rows';
import type { DataSource } from 'typeorm';

/** Reads the data that are stored about a person. */
export function exportStore(source: DataSource) {
  return {
    recordsOf: (userId: string, page: ExportPage) => readPersonRows(source, personRows, userId, page),
  };
}

/** Every table with rows about a person; a test compares it with all tables (`local/test/deleted-people.test.ts`). */
const personRows: readonly PersonRows[] = [
  { kind: 'account', from: 'users held', where: 'held.id = $1', omit: ['folded_name', 'search_name'] },
  { kind: 'activity', from: 'activities held', where: 'held.author_id = $1', omit: ['search'] },
  { kind: 'like', from: 'likes held', where: 'held.user_id = $1', key: 'held.activity_id::text' },
  // Those that the person caused for others say what these have read, and how they receive notifications.
  { kind: 'notification', from: 'notifications held', where: 'held.user_id = $1' },
  {
    kind: 'notifiedLike',
    from: 'notification_actors held',
    where: 'held.actor_id = $1',
    key: 'held.activity_id::text',
  },
  { kind: 'upload', from: 'media held', where: 'held.owner_id = $1' },
  {
    kind: 'failedUpload',
    from: 'media_dead_letters held join media on media.id = held.media_id',
    where: 'media.owner_id = $1',
    key: 'held.media_id::text',
  },
  {
    kind: 'notificationPreference',
    from: 'notification_preferences held',
    where: 'held.user_id = $1',
    key: 'held.kind',
  },
  { kind: 'mailDigest', from: 'mail_digests held', where: 'held.user_id = $1' },
  { kind: 'deactivation', from: 'hidden_authors held', where: 'held.user_id = $1', key: 'held.user_id::text' },
  { kind: 'quota', from: 'action_quotas held', where: 'held.user_id = $1', key: 'held.action' },
];
