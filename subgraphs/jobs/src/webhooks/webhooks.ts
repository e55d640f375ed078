import { createPublicClient } from '@marquee/chassis/http/public-client';
import { flag } from '@marquee/chassis/config/settings';
import type { Closable, Closers } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import { z } from 'zod';
import type { webhookDeliveryStore } from './webhook-delivery-store.js';
import type { UrlRules } from './webhook-rules.js';
import { createWebhookSecrets, type WebhookSecrets } from './webhook-secret.js';
import { perEndpoint, startWebhookSender } from './webhook-sender.js';

/** The variables of webhooks. */
export const webhookSettings = {
  WEBHOOK_TIMEOUT_SECONDS: z.coerce
    .number()
    .positive()
    .max(30)
    .default(10)
    .describe('Seconds that a webhook endpoint has to answer.'),
  WEBHOOK_DELAY_FACTOR: z.coerce
    .number()
    .min(0)
    .default(1)
    .describe('Multiplies the delays between the attempts of a webhook delivery, for tests.'),
  WEBHOOK_ALLOW_LOOPBACK: flag
    .default(false)
    .describe('Allows webhook endpoints on this machine, with http and any port. Not allowed in production.'),
};

type WebhookSettings = z.output<z.ZodObject<typeof webhookSettings>>;

/** Rejects endpoints on this machine in production. Use it as `schema.refine(...noLoopbackInProduction)`. */
export const noLoopbackInProduction: [
  check: (settings: Pick<WebhookSettings, 'WEBHOOK_ALLOW_LOOPBACK'> & { NODE_ENV: string }) => boolean,
  problem: { path: string[]; error: string },
] = [
  ({ WEBHOOK_ALLOW_LOOPBACK, NODE_ENV }) => !(WEBHOOK_ALLOW_LOOPBACK && NODE_ENV === 'production'),
  { path: ['WEBHOOK_ALLOW_LOOPBACK'], error: 'expected false: the addresses of a server are not those of its clients' },
];

/** What resolvers need of webhooks. */
export interface Webhooks extends UrlRules {
  secrets: WebhookSecrets;
}

export interface WebhooksOptions {
  settings: WebhookSettings & { MEDIA_ID_KEY: Buffer };
  store: ReturnType<typeof webhookDeliveryStore>;
  log: Logger;
  closers: Closers;
}

/** Starts to send deliveries, and to remove old ones. */
export function openWebhooks({ settings, store, log, closers }: WebhooksOptions): Webhooks {
  const { WEBHOOK_ALLOW_LOOPBACK: allowLoopback, WEBHOOK_TIMEOUT_SECONDS: seconds } = settings;
  const client = closers.add(
    createPublicClient({ allowLoopback, timeoutMs: seconds * 1000, connections: perEndpoint }),
  );
  const secrets = createWebhookSecrets(settings.MEDIA_ID_KEY);
  closers.add(startWebhookSender({ store, secrets, client, log, delayFactor: settings.WEBHOOK_DELAY_FACTOR }));
  closers.add(startDeliverySweeper(store, log));
  return { client, allowLoopback, secrets };
}

function startDeliverySweeper(store: WebhooksOptions['store'], log: Logger): Closable {
  return startSweeper(() => store.removeOld(), { log, subject: 'old webhook deliveries' });
}
