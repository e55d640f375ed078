import { chosenEmail } from '../notifications/new-notifications.js';
import { type EmailFrequency, notificationKinds } from '../notifications/notification-kinds.js';
import type { NotificationFacts } from '../notifications/notification-text.js';
import type { DataSource } from 'typeorm';
import { isActive } from '../activities/activity-retention.js';
import { queryRows } from '../database/statements.js';

/** Which notifications are put into emails now. */
export interface DigestPlan {
  frequency: EmailFrequency;
  /** They were added after this time: older ones are no longer news. */
  since: Date;
  /** They were added before this time. */
  until: Date;
  /** Users with an email of this frequency since then get none now. */
  lastMailBefore: Date;
}

/** An email that this process alone may send. */
export interface ClaimedDigest {
  id: string;
  userId: string;
  /** How often it was claimed, this time included. */
  attempts: number;
}

export interface MailedNotification extends NotificationFacts {
  actorId: string | null;
}

export interface DigestContent {
  email: string;
  handle: string;
  /** The newest first. */
  notifications: MailedNotification[];
}

export type DigestOutcome = 'SENT' | 'EMPTY' | 'FAILED' | 'UNKNOWN';

/** Days for which the record of an email is kept. */
const digestDays = 31;

/** Plans emails with notifications, and records what became of them. */
export function digestStore(source: DataSource) {
  return { plan, claim, contentOf, deletedAmong, ...outcomes(source) };

  /** Creates the emails of up to 500 users. Returns their number. One replica plans at a time; the others create none. */
  async function plan({ frequency, since, until, lastMailBefore }: DigestPlan): Promise<number> {
    return source.transaction(async (manager) => {
      const [lock] = await queryRows<{ held: boolean }>(manager, lockStatement);
      if (!lock?.held) return 0;
      const values = [frequency, since, until, lastMailBefore];
      const [planned] = await queryRows<{ count: number }>(manager, planStatement, values);
      return planned?.count ?? 0;
    });
  }

  async function claim(): Promise<ClaimedDigest | null> {
    const [claimed] = await queryRows<ClaimedDigest>(source, claimStatement);
    return claimed ?? null;
  }

  /** Null if the user has no active account with an address, or if nothing is left to send. */
  async function contentOf({ id, userId }: ClaimedDigest): Promise<DigestContent | null> {
    const [recipient] = await queryRows<Pick<DigestContent, 'email' | 'handle'>>(source, recipientStatement, [userId]);
    if (!recipient) return null;
    const notifications = await queryRows<MailedNotification>(source, contentStatement, [id, notificationKinds]);
    return notifications.length === 0 ? null : { ...recipient, notifications };
  }

  /** The users among these who have deleted their accounts. */
  async function deletedAmong(userIds: readonly string[]): Promise<string[]> {
    const statement = 'select id from users where id = any($1::uuid[]) and deleted_at is not null';
    return (await queryRows<{ id: string }>(source, statement, [userIds])).map(({ id }) => id);
  }
}

/** Records the outcomes of attempts to send an email. */
function outcomes(source: DataSource) {
  return {
    async finish(id: string, outcome: DigestOutcome): Promise<void> {
      await source.query('update mail_digests set state = $2 where id = $1', [id, outcome]);
    },
    /** Makes an email that was certainly not sent available again. */
    async postpone(id: string, seconds: number): Promise<void> {
      await source.query(postponeStatement, [id, seconds]);
    },
    /** Ends the emails of processes that ended while they sent them. */
    async giveUpUnknown(): Promise<void> {
      await source.query(giveUpStatement);
    },
    async removeOld(): Promise<void> {
      await source.query('delete from mail_digests where created_at < now() - make_interval(days => $1)', [digestDays]);
    },
  };
}

export type DigestStore = ReturnType<typeof digestStore>;

const lockStatement = `
  select pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' mail digests', 0)) as held`;

/** One that the recipient has not read, or cannot read because the kind is sent by email only. */
const isNews = '(n.read_at is null or not n.in_app)';

/**
 * A notification that is sent by email only counts as read, so that further likes become another one. IMMEDIATE emails
 * are due before all DAILY ones, of which there are many at once.
 */
const planStatement = `
  with waiting as (
    select n.id, n.user_id from notifications n
    join users u on u.id = n.user_id and u.is_active and u.email is not null
    where n.email = $1 and n.digest_id is null and n.added_at > $2 and n.added_at <= $3 and ${isNews}
      and not exists (
        select from mail_digests d where d.user_id = n.user_id and d.frequency = $1 and d.created_at > $4
      )
  ), digests as (
    insert into mail_digests (user_id, frequency, next_attempt_at)
    select distinct user_id, $1, case $1 when 'IMMEDIATE' then now() - interval '1 day' else now() end
    from waiting order by user_id limit 500
    returning id, user_id
  ), planned as (
    update notifications set digest_id = digests.id, read_at = case when in_app then read_at else now() end
    from waiting join digests on digests.user_id = waiting.user_id where notifications.id = waiting.id
  )
  select count(*)::integer as count from digests`;

const claimStatement = `
  with claimed as (
    update mail_digests set state = 'SENDING', attempts = attempts + 1, next_attempt_at = now() + interval '10 minutes'
    where id = (
      select id from mail_digests where state = 'PENDING' and next_attempt_at <= now()
      order by next_attempt_at limit 1 for update skip locked
    )
    returning id, user_id, attempts
  )
  select id, user_id as "userId", attempts from claimed`;

const recipientStatement = 'select email, handle from users where id = $1 and is_active and email is not null';

/**
 * Without notifications about activities that are gone, of kinds of which the user wants no emails any more, and of kinds
 * that only a newer build knows.
 */
const contentStatement = `
  select n.kind, n.actor_id as "actorId", actor.handle, n.actor_count as "actorCount", n.subject_type as "subjectType",
    n.occasion
  from notifications n
  join users recipient on recipient.id = n.user_id
  left join activities a on a.id = n.activity_id and ${isActive('a')}
  left join users actor on actor.id = n.actor_id and actor.is_active
  left join notification_preferences preference on preference.user_id = n.user_id and preference.kind = n.kind
  where n.digest_id = $1 and ${isNews} and (n.activity_id is null or a.id is not null)
    and n.kind = any($2::text[]) and ${chosenEmail('preference', 'n.kind', 'recipient')} <> 'NEVER'
  order by n.id desc`;

const postponeStatement = `
  update mail_digests set state = 'PENDING', next_attempt_at = now() + make_interval(secs => $2) where id = $1`;

const giveUpStatement = `
  update mail_digests set state = 'UNKNOWN' where state = 'SENDING' and next_attempt_at < now()`;
