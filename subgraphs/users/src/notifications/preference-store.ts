import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { defaultEmail } from './notification-kinds.js';
import type { NotificationPreference } from './preference-model.js';
import { type PreferenceChange, withDefaults } from './preference-rules.js';

/** Reads and writes how users receive notifications. */
export function preferenceStore(source: DataSource) {
  return { preferencesOf, change };

  /** The preferences of all kinds. */
  async function preferencesOf(userId: string): Promise<NotificationPreference[]> {
    return withDefaults(await queryRows<NotificationPreference>(source, readStatement, [userId]));
  }

  /** Returns false if the account is closed. */
  async function change(userId: string, changes: readonly PreferenceChange[]): Promise<boolean> {
    const values = changes.map(({ kind, inApp, email }) => ({
      kind,
      in_app: inApp ?? null,
      email: email ?? null,
      default_email: defaultEmail[kind],
    }));
    const written = await queryRows(source, writeStatement, [userId, JSON.stringify(values)]);
    return written.length > 0;
  }
}

const readStatement = 'select kind, in_app as "inApp", email from notification_preferences where user_id = $1';

/** Locks the row of the user, so that a deletion of the account erases the written rows. */
const writeStatement = `
  with writer as (
    select id from users where id = $1 and deleted_at is null for key share
  )
  insert into notification_preferences as known (user_id, kind, in_app, email)
  select writer.id, kind, coalesce(in_app, true), coalesce(email, default_email)
  from writer cross join jsonb_to_recordset($2::jsonb) as given (kind text, in_app boolean, email text, default_email text)
  order by kind
  on conflict (user_id, kind) do update set
    in_app = coalesce((
      select in_app from jsonb_to_recordset($2::jsonb) as given (kind text, in_app boolean) where kind = excluded.kind
    ), known.in_app),
    email = coalesce((
      select email from jsonb_to_recordset($2::jsonb) as given (kind text, email text) where kind = excluded.kind
    ), known.email)
  returning kind`;
