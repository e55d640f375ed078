/**
 * Creates notifications. The statement of a change creates the notifications about it, so that none is lost; the reactions
 * to events of other services do so in the transaction that records the event.
 */
import type { EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { queryRows } from '../database/statements.js';
import type { CreatedNotification } from '../topics.js';
import { defaultEmail, NotificationKind, type Occasion, socialKinds } from './notification-kinds.js';
import type { ForeignSubject } from './notification-subject.js';

/** A notification of another service's event, or of a change of an account. */
export interface NewNotification {
  userId: string;
  actorId: string | null;
  kind: NotificationKind;
  /** Null for a kind without a subject. */
  subject: { type: ForeignSubject; id: string } | null;
  /** The job that a proposal or an invitation is for. */
  aboutJob?: string;
  occasion?: Occasion;
  /** When it happened. */
  at: Date;
}

/** Creates the notifications that their recipients want. Returns those that appear in an inbox. */
export async function addNotifications(
  manager: EntityManager,
  notifications: readonly NewNotification[],
): Promise<CreatedNotification[]> {
  if (notifications.length === 0) return [];
  const people = [...new Set(notifications.flatMap(({ userId, actorId }) => (actorId ? [userId, actorId] : [userId])))];
  return queryRows(manager, addStatement, [people, JSON.stringify(notifications.map(toCandidate))]);
}

function toCandidate({ userId, actorId, kind, subject, aboutJob, occasion, at }: NewNotification) {
  return {
    id: v7(),
    user_id: userId,
    actor_id: actorId,
    kind,
    subject_type: subject?.type ?? null,
    subject_id: subject?.id ?? null,
    about_job: aboutJob ?? null,
    occasion: occasion ?? null,
    created_at: at.toISOString(),
  };
}

/** Notifications that one user receives from all others in an hour, and from one of them, of the kinds that are limited. */
export const hourlyLimits = { all: 300, actor: 100 };

/**
 * The common table expressions `accepted` and `notified`. `notified` creates the notifications of `candidates`, and has a
 * row with `id` and `userId` for each that is new in an inbox. It expects two common table expressions before it:
 * `people` with the locked rows of all recipients and actors, and the candidates.
 *
 * No user is notified of their own actions, or of a kind that they have switched off. The kinds that any user can cause also
 * need an actor with an active account, and are limited per hour. Unread likes of one activity become one notification.
 */
export function notificationsOf(candidates: string): string {
  return `accepted as (
    ${acceptedStatement(candidates)}
  ), written as (
    insert into notifications (id, user_id, actor_id, kind, activity_id, subject_type, subject_id, about_job, occasion,
      created_at, in_app, email)
    select id, user_id, active_actor_id, kind, activity_id, subject_type, subject_id, about_job, occasion, created_at,
      in_app, email
    from accepted where in_app or email <> 'NEVER' order by user_id
    on conflict (activity_id) where kind = 'LIKE' and read_at is null
      do update set actor_id = excluded.actor_id, actor_count = notifications.actor_count + 1
    returning id, user_id, kind, activity_id, actor_id, in_app
  ), notified as (
    select written.id, written.user_id from written join accepted on accepted.id = written.id where written.in_app
  )`;
}

function acceptedStatement(candidates: string): string {
  return `select c.*, actor.id as active_actor_id, coalesce(preference.in_app, true) as in_app,
      ${chosenEmail('preference', 'c.kind', 'recipient')} as email
    from ${candidates} c
    join people recipient on recipient.id = c.user_id and recipient.deleted_at is null
    left join people actor on actor.id = c.actor_id and actor.is_active
    left join notification_preferences preference on preference.user_id = c.user_id and preference.kind = c.kind
    cross join lateral (
      select count(*) filter (where created_at > now() - interval '1 hour') as total,
        count(*) filter (where created_at > now() - interval '1 hour' and actor_id = c.actor_id) as by_actor
      from (
        select created_at, actor_id from notifications known
        where known.user_id = c.user_id order by known.id desc limit ${hourlyLimits.all}
      ) as latest
    ) as recent
    where c.user_id is distinct from c.actor_id
      and (not c.kind = any(array[${texts(socialKinds)}])
        or (actor.id is not null and total < ${hourlyLimits.all} and by_actor < ${hourlyLimits.actor}))
      and not (c.kind = '${NotificationKind.MESSAGE_REQUEST}' and exists (
        select from notifications known
        where known.subject_id = c.subject_id and known.kind = c.kind and known.user_id = c.user_id))`;
}

/** A column with the notifications of `notified`, as a list of `CreatedNotification`. */
export const notifiedColumn = `(
    select coalesce(jsonb_agg(jsonb_build_object('notificationId', notified.id, 'userId', notified.user_id)), '[]')
    from notified
  ) as notified`;

/** The columns of a candidate, which concerns an activity. */
export function activityCandidate(columns: {
  id: string;
  userId: string;
  actorId: string;
  kind: NotificationKind;
  activityId: string;
}): string {
  const { id, userId, actorId, kind, activityId } = columns;
  return `${id} as id, ${userId} as user_id, ${actorId} as actor_id, '${kind}' as kind, ${activityId} as activity_id,
    cast(null as text) as subject_type, cast(null as uuid) as subject_id, cast(null as uuid) as about_job,
    cast(null as text) as occasion, now() as created_at`;
}

/** The rows of `people`, locked in the order of their ids as everywhere, so that a concurrent deletion waits or is seen. */
const addStatement = `
  with people as (
    select id, is_active, deleted_at, emails_stopped from users where id = any($1::uuid[]) order by id for key share
  ), candidates as (
    select id, user_id, actor_id, kind, cast(null as uuid) as activity_id, subject_type, subject_id, about_job, occasion,
      created_at
    from jsonb_to_recordset($2::jsonb) as given (id uuid, user_id uuid, actor_id uuid, kind text, subject_type text,
      subject_id uuid, about_job uuid, occasion text, created_at timestamptz)
  ), ${notificationsOf('candidates')}
  select id as "notificationId", user_id as "userId" from notified`;

/**
 * How a kind is sent by email to a user, as an SQL expression: as the preference says, or not at all if the user has ended
 * all emails, or by default.
 * @param preference the row of the preference, which may be missing
 * @param kind an expression
 * @param user the row of the user
 */
export function chosenEmail(preference: string, kind: string, user: string): string {
  const cases = Object.entries(defaultEmail).map(([name, frequency]) => `when '${name}' then '${frequency}'`);
  return `coalesce(${preference}.email, case when ${user}.emails_stopped then 'NEVER'
    else case ${kind} ${cases.join(' ')} end end)`;
}

function texts(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
