import { setTimeout as wait } from 'node:timers/promises';
import type { PublicClient } from '@marquee/chassis/http/public-client';
import type { Closable } from '@marquee/chassis/process/closers';
import { counter } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import type { AttemptOutcome, webhookDeliveryStore, WebhookTask } from './webhook-delivery-store.js';
import { WebhookEventType } from './webhook-model.js';
import type { WebhookSecrets } from './webhook-secret.js';
import { UnknownKeyError } from './webhook-secret-box.js';

export interface WebhookSenderOptions {
  store: ReturnType<typeof webhookDeliveryStore>;
  secrets: WebhookSecrets;
  client: PublicClient;
  log: Logger;
  /** Multiplies the delays between attempts, for tests. */
  delayFactor: number;
}

/** Milliseconds between two looks for deliveries that are due. */
const pollMs = 1_000;

/** Attempts of one endpoint at the same time: one that is slow occupies at most these. */
export const perEndpoint = 2;

/** Attempts of one process at the same time, each with a connection of its own. */
const maxAttempts = 256;

/** Longer than an attempt takes. */
const leaseSeconds = 60;

/** Seconds for which a process that has another key may begin an attempt. */
const otherKeySeconds = 10;

/** Seconds between the attempts: about a day together. The last delay repeats until the day is over. */
const delays = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400];

/** The names of events in deliveries, and of the property with their subject. */
const events: Readonly<Record<WebhookEventType, { type: string; subject: string }>> = {
  [WebhookEventType.SHOW_CHANGED]: { type: 'show.changed', subject: 'slug' },
  [WebhookEventType.SHOW_DELETED]: { type: 'show.deleted', subject: 'slug' },
  [WebhookEventType.JOB_PUBLISHED]: { type: 'job.published', subject: 'jobId' },
};

/**
 * Sends deliveries that are due, until it is closed. Each endpoint has its own queue in the store, and a number of attempts of
 * its own, so that one that is slow or fails delays no other.
 */
export function startWebhookSender(options: WebhookSenderOptions): Closable {
  const sender = new WebhookSender(options);
  const running = sender.run();
  return {
    async close() {
      sender.stop();
      await running;
    },
  };
}

class WebhookSender {
  #isStopping = false;
  /** The number of attempts in progress, by endpoint. */
  readonly #attempts = new Map<string, number>();
  readonly #inProgress = new Set<Promise<void>>();
  #wake = () => {};

  constructor(private readonly options: WebhookSenderOptions) {}

  /** Ends once all attempts have ended. */
  async run(): Promise<void> {
    while (!this.#isStopping) {
      const count = await this.#claimDue().catch((err: unknown) => {
        const message = 'webhook deliveries could not be read';
        logThrottled(this.options.log, { level: 'warn', key: 'webhooks', record: { err }, message });
        return 0;
      });
      if (count === 0) await this.#untilNextLook();
    }
    await Promise.all(this.#inProgress);
  }

  stop(): void {
    this.#isStopping = true;
    this.#wake();
  }

  async #claimDue(): Promise<number> {
    const busy = [...this.#attempts].flatMap(([endpointId, count]) => (count >= perEndpoint ? [endpointId] : []));
    const limit = maxAttempts - this.#inProgress.size;
    if (limit <= 0) return 0;
    // An endpoint with one attempt in progress gets at most one more, since it is not busy yet.
    const { store, secrets, delayFactor } = this.options;
    const keys = { keyIds: secrets.keyIds, otherKeySeconds: otherKeySeconds * delayFactor };
    const tasks = await store.claim({ perEndpoint: perEndpoint - 1, busy, limit, leaseSeconds, ...keys });
    for (const task of tasks) this.#begin(task);
    return tasks.length;
  }

  #begin(task: WebhookTask): void {
    const { endpointId } = task;
    this.#attempts.set(endpointId, (this.#attempts.get(endpointId) ?? 0) + 1);
    const attempting = attempt(task, this.options).finally(() => {
      this.#inProgress.delete(attempting);
      const left = (this.#attempts.get(endpointId) ?? 1) - 1;
      if (left === 0) this.#attempts.delete(endpointId);
      else this.#attempts.set(endpointId, left);
      this.#wake();
    });
    this.#inProgress.add(attempting);
  }

  /** A second, or until an attempt ends: its endpoint may have further deliveries. */
  async #untilNextLook(): Promise<void> {
    if (this.#isStopping) return;
    const ended = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([ended, wait(pollMs, undefined, { ref: false })]);
  }
}

async function attempt(task: WebhookTask, options: WebhookSenderOptions): Promise<void> {
  const { log, store, delayFactor } = options;
  try {
    const outcome = await send(task, options);
    counter('marquee.webhooks.attempts').add(1, { outcome: outcome.error === null ? 'delivered' : 'failed' });
    const disabledBecause = await store.settle(
      task,
      outcome,
      outcome.error === null ? null : nextAttempt(task, delayFactor),
    );
    if (disabledBecause !== null)
      log.warn({ endpointId: task.endpointId, disabledBecause }, 'a webhook endpoint was disabled');
  } catch (err) {
    // The lease ends, and the attempt is repeated.
    const message = 'the outcome of a webhook delivery was not stored';
    logThrottled(log, { level: 'warn', key: 'webhook outcome', record: { err }, message });
  }
}

async function send(task: WebhookTask, { client, secrets }: WebhookSenderOptions): Promise<AttemptOutcome> {
  const body = bodyOf(task);
  try {
    const signed = secrets.signedHeaders({ ...task, id: task.endpointId }, { id: task.id, body });
    const headers = { ...signed, 'content-type': 'application/json', 'user-agent': 'Marquee-Webhooks/1' };
    const status = await client.post(new URL(task.url), { owner: task.clientId, headers, body });
    const isAccepted = status >= 200 && status < 300;
    return { status, error: isAccepted ? null : `It answered with the status ${status}.` };
  } catch (failure) {
    if (failure instanceof UnknownKeyError)
      return { status: null, error: 'Its secret can no longer be read: rotate it.' };
    return { status: null, error: describeFailure(failure as Error & { code?: string }) };
  }
}

function bodyOf({ type, subject, occurredAt }: WebhookTask): string {
  const event = events[type];
  return JSON.stringify({ type: event.type, timestamp: occurredAt.toISOString(), data: { [event.subject]: subject } });
}

/** In the words of the client. Which names and addresses the private network has is not disclosed. */
function describeFailure({ name, code = name }: Error & { code?: string }): string {
  if (code === 'EPRIVATE') return 'Its host has no public address.';
  if (['ENAMESERVER', 'ETOOMANYLOOKUPS'].includes(code)) return 'The name servers of its host did not answer.';
  if (name === 'TimeoutError' || /TIMEOUT/.test(code)) return 'It did not answer in time.';
  return `The connection failed: ${code}.`;
}

/** Null once the time for attempts is over. */
function nextAttempt({ attempts, attemptsUntil }: WebhookTask, delayFactor: number): Date | null {
  const seconds = (delays[attempts - 1] ?? delays.at(-1) ?? 0) * delayFactor;
  // Deliveries that failed together do not return together.
  const at = new Date(Date.now() + seconds * 1000 * (1 + Math.random() / 5));
  return at <= attemptsUntil ? at : null;
}
