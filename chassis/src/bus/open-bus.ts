import { z } from 'zod';
import { observedValue } from '../telemetry/instruments.js';
import type { Logger } from '../telemetry/log.js';
import { type Bus, createProcessBus } from './bus.js';

/** What a service with a bus reads from the environment; its schema is refined by `sharedBusInProduction` as well. */
export const busSettings = {
  /** `redis://host:port`, or `rediss://` with TLS. Without it the bus ends at the process. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'expected redis://host:port or rediss://host:port' }).optional(),
  /** What the channels' names begin with, so that several systems can share a Redis. */
  BUS_PREFIX: z.string().max(100).default('marquee:'),
};

export interface BusSettings {
  REDIS_URL?: string | undefined;
  BUS_PREFIX: string;
}

/** Production has several replicas, which do not hear one another without Redis. Used as `.refine(...sharedBusInProduction)`. */
export const sharedBusInProduction: [
  check: (settings: BusPlace) => boolean,
  problem: { path: string[]; error: string },
] = [
  ({ REDIS_URL, NODE_ENV }) => REDIS_URL !== undefined || NODE_ENV !== 'production',
  { path: ['REDIS_URL'], error: 'expected redis://host:port or rediss://host:port with NODE_ENV=production' },
];

/** The bus over Redis when there is one, otherwise one within this process; the log says which. */
export async function openBus({ REDIS_URL: url, BUS_PREFIX: prefix }: BusSettings, log: Logger): Promise<Bus> {
  // That none was lost is worth seeing.
  observedValue('marquee.bus.notifications.lost');
  if (url !== undefined) {
    // Only who has a Redis waits for its client to load.
    const { createRedisBus } = await import('./redis-bus.js');
    return createRedisBus({ url, prefix, log });
  }
  log.info('the bus ends at this process, for REDIS_URL is not set: run one replica');
  return createProcessBus();
}

interface BusPlace {
  REDIS_URL?: string | undefined;
  NODE_ENV: string;
}
