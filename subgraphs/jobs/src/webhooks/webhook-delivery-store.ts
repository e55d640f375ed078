import type { DataSource, EntityManager } from 'typeorm';
import { v7, validate } from 'uuid';
import { queryRows } from '../database/statements.js';
import { type IdPage, idOrder, idRange } from '../paging/id-page.js';
import { WebhookDelivery, type WebhookDeliveryState, type WebhookEventType } from './webhook-model.js';

/** An event for all endpoints that receive its type. */
export interface WebhookEvent {
  eventId: string;
  type: WebhookEventType;
  subject: string;
  /** RFC 3339 */
  occurredAt: string;
}

/** A delivery that this process attempts, with the values of its endpoint. */
export interface WebhookTask {
  id: string;
  endpointId: string;
  type: WebhookEventType;
  subject: string;
  occurredAt: Date;
  /** This attempt included. */
  attempts: number;
  attemptsUntil: Date;
  /** The client of the endpoint. */
  clientId: string;
  url: string;
  secret: Buffer | null;
  previousSecret: Buffer | null;
  secretVersion: number;
  secretRotatedAt: Date | null;
}

/** The outcome of an attempt. */
export interface AttemptOutcome {
  /** The HTTP status; null without an answer. */
  status: number | null;
  /** Why it failed; null if it succeeded. */
  error: string | null;
}

export interface ClaimOptions {
  /** Deliveries of one endpoint that are attempted at the same time. */
  perEndpoint: number;
  /** Endpoints with as many attempts in progress. */
  busy: readonly string[];
  limit: number;
  /** Seconds after which another process may repeat an attempt that has not ended. */
  leaseSeconds: number;
  /** The keys of this process. */
  keyIds: readonly string[];
  /** Seconds for which deliveries with a secret of another key are left to processes that have it. */
  otherKeySeconds: number;
}

/** Days for which an endpoint may fail before it is disabled. */
const maxFailingDays = 3;

/** Days for which deliveries are kept. */
const deliveryDays = 30;

/** Adds a delivery for each endpoint that receives the event. Idempotent. */
export async function addWebhookDeliveries(manager: EntityManager, event: WebhookEvent): Promise<void> {
  const { eventId, type, subject, occurredAt } = event;
  const endpoints = await queryRows<{ id: string }>(manager, receiversStatement, [type]);
  const ids = endpoints.map(() => v7());
  const values = [ids, endpoints.map(({ id }) => id), eventId, type, subject, occurredAt];
  if (ids.length > 0) await manager.query(addStatement, values);
}

/** Reads and writes deliveries. */
export function webhookDeliveryStore(source: DataSource) {
  return {
    find: (clientId: string, id: string): Promise<WebhookDelivery | null> => find(source, clientId, id),
    /** The latest first. */
    listOf: (endpointId: string, state: WebhookDeliveryState | null, page: IdPage): Promise<WebhookDelivery[]> =>
      listOf(source, { endpointId, state }, page),
    /** Attempts the delivery again for another day, whatever its state is. */
    replay: async (id: string): Promise<void> => void (await source.query(replayStatement, [id])),
    /** Chooses deliveries that are due, of each enabled endpoint at most `perEndpoint`. */
    async claim(options: ClaimOptions): Promise<WebhookTask[]> {
      const { perEndpoint, busy, limit, leaseSeconds, keyIds, otherKeySeconds } = options;
      const values = [perEndpoint, busy, limit, leaseSeconds, keyIds, otherKeySeconds];
      const [tasks] = await source.query<[WebhookTask[], number]>(claimStatement, values);
      return tasks;
    },
    /**
     * Records the outcome of an attempt, and whether the endpoint works.
     * @param retryAt when the next attempt begins; null after the last attempt
     * @returns why the endpoint was disabled; null if it was not
     */
    settle: (task: WebhookTask, outcome: AttemptOutcome, retryAt: Date | null): Promise<string | null> =>
      settle(source, task, outcome, retryAt),
    /** Removes deliveries that are no longer kept. */
    removeOld: async (): Promise<void> => void (await source.query(removeStatement, [deliveryDays])),
  };
}

async function find(source: DataSource, clientId: string, id: string): Promise<WebhookDelivery | null> {
  if (!validate(id)) return null;
  return source
    .getRepository(WebhookDelivery)
    .createQueryBuilder('delivery')
    .innerJoin('webhook_endpoints', 'endpoint', 'endpoint.id = delivery.endpointId')
    .where('delivery.id = :id and endpoint.client_id = :clientId', { id, clientId })
    .getOne();
}

async function listOf(
  source: DataSource,
  { endpointId, state }: { endpointId: string; state: WebhookDeliveryState | null },
  page: IdPage,
): Promise<WebhookDelivery[]> {
  const query = source
    .getRepository(WebhookDelivery)
    .createQueryBuilder('delivery')
    .where('delivery.endpointId = :endpointId', { endpointId })
    .andWhere('delivery.id < :after and delivery.id > :before', idRange(page))
    .orderBy('delivery.id', idOrder(page))
    .limit(page.limit);
  return (state === null ? query : query.andWhere('delivery.state = :state', { state })).getMany();
}

async function settle(
  source: DataSource,
  { id, endpointId, attempts }: WebhookTask,
  outcome: AttemptOutcome,
  retryAt: Date | null,
): Promise<string | null> {
  const { status, error } = outcome;
  return source.transaction(async (manager) => {
    // Endpoints before deliveries, as when an endpoint is removed with its deliveries.
    const disabledBecause = await recordHealth(manager, endpointId, outcome);
    const state = error === null ? 'DELIVERED' : retryAt === null ? 'FAILED' : 'PENDING';
    // Unless it was replayed, or attempted by another process, meanwhile.
    await manager.query(settleStatement, [id, attempts, state, status, error, retryAt]);
    if (disabledBecause !== null) await manager.query(failStatement, [endpointId, disabledBecause]);
    return disabledBecause;
  });
}

/** An endpoint that is gone (410) is disabled at once. */
async function recordHealth(
  manager: EntityManager,
  endpointId: string,
  outcome: AttemptOutcome,
): Promise<string | null> {
  const isGone = outcome.status === 410;
  const reason = isGone
    ? 'It answered 410 Gone.'
    : `No delivery succeeded within ${maxFailingDays} days. The last attempt: ${outcome.error}`;
  const [rows] = await manager.query<[{ wasDisabled: boolean }[], number]>(healthStatement, [
    endpointId,
    outcome.error === null,
    isGone,
    maxFailingDays,
    reason,
  ]);
  return rows[0]?.wasDisabled ? reason : null;
}

const removeStatement = 'delete from webhook_deliveries where created_at < now() - make_interval(days => $1)';

const receiversStatement = `select id from webhook_endpoints where status = 'ENABLED' and $1 = any(event_types)`;

const addStatement = `
  insert into webhook_deliveries (id, endpoint_id, event_id, type, subject, occurred_at)
  select id, endpoint_id, $3, $4, $5, $6 from unnest($1::uuid[], $2::uuid[]) as added (id, endpoint_id)
  on conflict do nothing`;

const replayStatement = `
  update webhook_deliveries set state = 'PENDING', attempts = 0, last_status = null, last_error = null, delivered_at = null,
    next_attempt_at = now(), attempts_until = now() + interval '1 day' where id = $1`;

/**
 * While a key is replaced, only some processes can read a secret that the new one has encrypted. `claimed_at` distinguishes
 * the attempts of builds that read stored secrets.
 */
const claimStatement = `
  with due as (
    select delivery.id, endpoint.client_id, endpoint.url, endpoint.secret, endpoint.previous_secret,
      endpoint.secret_version, endpoint.secret_rotated_at
    from webhook_endpoints endpoint cross join lateral (
      select id, next_attempt_at from webhook_deliveries
      where endpoint_id = endpoint.id and state = 'PENDING' and next_attempt_at <= clock_timestamp()
      order by next_attempt_at limit $1 for update skip locked
    ) delivery
    where endpoint.status = 'ENABLED' and endpoint.id <> all($2::uuid[])
      and (endpoint.secret is null or encode(substring(endpoint.secret from 1 for 4), 'hex') = any($5::text[])
        or delivery.next_attempt_at < clock_timestamp() - make_interval(secs => $6))
    order by delivery.next_attempt_at limit $3
  )
  update webhook_deliveries delivery set attempts = attempts + 1, claimed_at = clock_timestamp(),
    next_attempt_at = clock_timestamp() + make_interval(secs => $4)
  from due where delivery.id = due.id
  returning delivery.id, delivery.endpoint_id as "endpointId", delivery.type, delivery.subject,
    delivery.occurred_at as "occurredAt", delivery.attempts, delivery.attempts_until as "attemptsUntil",
    due.client_id as "clientId", due.url, due.secret, due.previous_secret as "previousSecret",
    due.secret_version as "secretVersion", due.secret_rotated_at as "secretRotatedAt"`;

const healthStatement = `
  update webhook_endpoints before set failing_since = case when $2 then null else coalesce(failing_since, now()) end,
    status = case when status = 'ENABLED' and fails then 'DISABLED' else status end,
    disabled_because = case when status = 'ENABLED' and fails then $5 else disabled_because end
  from (
    select id, status as was, not $2 and ($3 or failing_since < now() - make_interval(days => $4)) is true as fails
    from webhook_endpoints where id = $1 for update
  ) found
  where before.id = found.id
  returning found.was = 'ENABLED' and found.fails as "wasDisabled"`;

const settleStatement = `
  update webhook_deliveries set state = $3, last_status = $4, last_error = $5,
    delivered_at = case when $3 = 'DELIVERED' then now() end, next_attempt_at = coalesce($6, next_attempt_at)
  where id = $1 and attempts = $2 and state = 'PENDING'`;

const failStatement = `
  update webhook_deliveries set state = 'FAILED', last_error = coalesce(last_error, $2)
  where endpoint_id = $1 and state = 'PENDING'`;
