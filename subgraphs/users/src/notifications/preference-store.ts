import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { defaultEmail, notificationKinds } from './notification-kinds.js';
import type { NotificationPreference } from './preference-model.js';
import { type PreferenceChange, withDefaults } from './preference-rules.js';

/** Reads and writes how users receive notifications. */
export function preferenceStore(source: DataSource) {
  return { preferencesOf, change, stopEmails };

  /** The preferences of all kinds. */
  async function preferencesOf(userId: string): Promise<NotificationPreference[]> {
    const [user] = await queryRows<StoredPreferences>(source, readStatement, [userId]);
    return withDefaults(user?.preferences ?? [], user?.emailsStopped ?? false);
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

  /** Ends the emails of all kinds, also of those added later, until the user chooses otherwise for a kind. */
  async function stopEmails(userId: string): Promise<void> {
    await source.query(stopStatement, [userId, notificationKinds]);
  }
}

interface StoredPreferences {
  emailsStopped: boolean;
  preferences: NotificationPreference[];
}

const readStatement = `
  select emails_stopped as "emailsStopped", (
    select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'inApp', in_app, 'email', email)), '[]')
    from notification_preferences where user_id = users.id
  ) as preferences
  from users where id = $1`;

/** Locks the row of the user, so that a deletion of the account erases the written rows. */
const writeStatement = `
  with writer as (
    select id, emails_stopped from users where id = $1 and deleted_at is null for key share
  )
  insert into notification_preferences as known (user_id, kind, in_app, email)
  select writer.id, kind, coalesce(in_app, true), coalesce(email, case when writer.emails_stopped then 'NEVER' else default_email end)
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

/** A build that does not know the column reads the preference of each kind. */
const stopStatement = `
  with stopped as (
    update users set emails_stopped = true where id = $1 and deleted_at is null returning id
  ), known as (
    insert into notification_preferences as known (user_id, kind, in_app, email)
    select stopped.id, kind, true, 'NEVER' from stopped cross join unnest($2::text[]) as kind order by kind
    on conflict (user_id, kind) do update set email = 'NEVER'
  )
  update notification_preferences set email = 'NEVER' from stopped where user_id = stopped.id and kind <> all($2::text[])`;
