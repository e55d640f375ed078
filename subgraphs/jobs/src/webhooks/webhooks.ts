import { isIP } from 'node:net';
import { createPublicClient, type PublicClient } from '@marquee/chassis/http/public-client';
import { flag } from '@marquee/chassis/config/settings';
import type { Closers } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import { z } from 'zod';
import type { webhookDeliveryStore } from './webhook-delivery-store.js';
import type { UrlRules } from './webhook-rules.js';
import { createWebhookSecrets, type WebhookSecrets } from './webhook-secret.js';
import { createSecretBox } from './webhook-secret-box.js';
import { resealSecrets, type webhookSecretStore } from './webhook-secret-store.js';
import { perEndpoint, startWebhookSender } from './webhook-sender.js';

const minKeyBytes = 32;

/** The variables of webhooks. */
export const webhookSettings = {
  WEBHOOK_KEYS: z
    .string()
    .transform((value) => value.split(',').map((key) => Buffer.from(key, 'base64')))
    .refine(
      (keys) => keys.every(({ length }) => length >= minKeyBytes),
      'expected at least 32 bytes in base64 for each',
    )
    .describe(
      'Keys that encrypt the secrets of webhooks: 32 bytes each in base64, separated by commas. The first encrypts; ' +
        'previous ones may follow until the service has encrypted all secrets again, which it does when it starts.',
    ),
  WEBHOOK_NAME_SERVERS: z
    .string()
    .transform((value) => value.split(','))
    .refine((servers) => servers.every(isNameServer), 'expected IP addresses, each with an optional port')
    .optional()
    .describe('Name servers for the hosts of webhooks, separated by commas. Default: those of the system.'),
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
  store: {
    webhookDeliveries: ReturnType<typeof webhookDeliveryStore>;
    webhookSecrets: ReturnType<typeof webhookSecretStore>;
  };
  log: Logger;
  closers: Closers;
}

/** Starts to send deliveries, to remove old ones, and to encrypt the secrets with the current key. */
export function openWebhooks({ settings, store, log, closers }: WebhooksOptions): Webhooks {
  const { webhookDeliveries: deliveries, webhookSecrets } = store;
  const delayFactor = settings.WEBHOOK_DELAY_FACTOR;
  const client = closers.add(openClient(settings));
  const secrets = createWebhookSecrets(createSecretBox(settings.WEBHOOK_KEYS), settings.MEDIA_ID_KEY);
  closers.add(startWebhookSender({ store: deliveries, secrets, client, log, delayFactor }));
  closers.add(startSweeper(() => deliveries.removeOld(), { log, subject: 'old webhook deliveries' }));
  closers.add(
    startSweeper(() => resealSecrets(webhookSecrets, secrets, log), { log, subject: 'old keys of webhook secrets' }),
  );
  return { client, allowLoopback: settings.WEBHOOK_ALLOW_LOOPBACK, secrets };
}

function openClient(settings: WebhookSettings): PublicClient {
  return createPublicClient({
    allowLoopback: settings.WEBHOOK_ALLOW_LOOPBACK,
    nameServers: settings.WEBHOOK_NAME_SERVERS,
    timeoutMs: settings.WEBHOOK_TIMEOUT_SECONDS * 1000,
    connections: perEndpoint,
  });
}

/** An address as `dns.setServers` expects it. */
function isNameServer(text: string): boolean {
  return isIP(text) !== 0 || /^(\d+\.){3}\d+:\d{1,5}$|^\[[\da-f:]+\](:\d{1,5})?$/i.test(text);
}
