import { z } from 'zod';
import { observedValue } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import { type Bus, createProcessBus } from './bus.js';

/** The environment variables of a service that uses Redis if there is one. */
export const redisSettings = {
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'expected redis://host:port or rediss://host:port' })
    .optional()
    .describe(
      'Redis that replicas share for notifications and rate limits: `redis://host:port`, or `rediss://` with TLS. Without it each works alone.',
    ),
  BUS_PREFIX: z
    .string()
    .max(100)
    .default('marquee:')
    .describe('Prefix of all names in Redis, so that several systems can share one.'),
};

/** The environment variables of a service with a bus. Refine its schema with `sharedBusInProduction`. */
export const busSettings = {
  ...redisSettings,
  REDIS_URL: redisSettings.REDIS_URL.meta({ ...redisSettings.REDIS_URL.meta(), requiredInProduction: true }),
};

export interface BusSettings {
  REDIS_URL?: string | undefined;
  BUS_PREFIX: string;
}

/** Requires Redis in production, where a service has several replicas. Use it as `schema.refine(...sharedBusInProduction)`. */
export const sharedBusInProduction: [
  check: (settings: BusEnvironment) => boolean,
  problem: { path: string[]; error: string },
] = [
  ({ REDIS_URL, NODE_ENV }) => REDIS_URL !== undefined || NODE_ENV !== 'production',
  { path: ['REDIS_URL'], error: 'expected redis://host:port or rediss://host:port with NODE_ENV=production' },
];

/** Opens the bus over Redis if `REDIS_URL` is set, otherwise one within this process, and logs which. */
export async function openBus({ REDIS_URL: url, BUS_PREFIX: prefix }: BusSettings, log: Logger): Promise<Bus> {
  // Exported as 0 from the start, so that an alarm can distinguish "none lost" from "no data".
  observedValue('marquee.bus.notifications.lost');
  if (url !== undefined) {
    // Loaded on demand: the Redis client takes a while.
    const { createRedisBus } = await import('./redis-bus.js');
    return createRedisBus({ url, prefix, log });
  }
  log.info('the bus is limited to this process, since REDIS_URL is not set: run one replica only');
  return createProcessBus();
}

interface BusEnvironment {
  REDIS_URL?: string | undefined;
  NODE_ENV: string;
}
