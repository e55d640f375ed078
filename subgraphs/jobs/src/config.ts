import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { tailSettings } from '@marquee/chassis/bus/tail-store';
import {
  eventConsumerSettings,
  eventPublisherSettings,
  queueInProduction,
  topicInProduction,
} from '@marquee/chassis/events/event-settings';
import { noSeedInProduction, seedSettings } from '@marquee/chassis/config/settings';
import { mediaIdSettings } from '@marquee/chassis/identity/owned-id';
import { quotaSettings } from '@marquee/chassis/quotas/quota';
import { postgresSettings } from '@marquee/chassis/postgres/open-database';
import type { z } from 'zod';
import { jobClosingSettings } from './jobs/job-closing.js';
import { noLoopbackInProduction, webhookSettings } from './webhooks/webhooks.js';

/** The environment variables of the jobs service. */
export const jobsSettings = postgresSettings
  .extend({
    ...busSettings,
    ...tailSettings,
    ...mediaIdSettings,
    ...quotaSettings,
    ...seedSettings,
    ...eventPublisherSettings,
    ...eventConsumerSettings,
    ...webhookSettings,
    ...jobClosingSettings,
  })
  .refine(...noSeedInProduction)
  .refine(...noLoopbackInProduction)
  .refine(...sharedBusInProduction)
  .refine(...topicInProduction)
  .refine(...queueInProduction);

export type JobsSettings = z.output<typeof jobsSettings>;
