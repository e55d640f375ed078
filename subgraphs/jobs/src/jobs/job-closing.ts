import type { Bus } from '@marquee/chassis/bus/bus';
import type { Closable } from '@marquee/chassis/process/closers';
import { counter, gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { startSweeper } from '@marquee/chassis/timing/sweeper';
import { z } from 'zod';
import { topics } from '../topics.js';
import type { ExpiredJob, jobClosingStore } from './job-closing-store.js';

/** The variables of closing jobs. */
export const jobClosingSettings = {
  JOB_CLOSING_SECONDS: z.coerce
    .number()
    .positive()
    .max(300)
    .default(10)
    .describe(
      'Seconds between two searches for jobs whose `closesAt` has passed. They are closed and their people notified then.',
    ),
};

export interface JobClosingOptions {
  jobs: ReturnType<typeof jobClosingStore>;
  bus: Bus;
  log: Logger;
  settings: { JOB_CLOSING_SECONDS: number };
}

/** Jobs that one transaction closes. */
const batchSize = 20;

/** Jobs that are closed one by one in one run, after a failure. */
const maxSingle = 200;

/**
 * Closes jobs once their `closesAt` has passed, until it is closed itself. Every replica does so. Readers see such a job as
 * CLOSED already before, see `effectiveStatus`.
 */
export function startJobClosing({ settings, ...options }: JobClosingOptions): Closable {
  counter('marquee.jobs.expired').add(0);
  return startSweeper((signal) => closeExpiredJobs(options, signal), {
    log: options.log,
    subject: 'jobs whose closesAt has passed',
    intervalMs: settings.JOB_CLOSING_SECONDS * 1000,
  });
}

async function closeExpiredJobs(options: Omit<JobClosingOptions, 'settings'>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const closed = await options.jobs.closeExpired(batchSize).catch(() => undefined);
    if (!closed) return closeOneByOne(options, signal);
    report(options.bus, closed);
    if (closed.length === 0) return;
  }
}

/** A job that cannot be closed does not keep the others of its batch open. */
async function closeOneByOne(
  { jobs, bus, log }: Omit<JobClosingOptions, 'settings'>,
  signal: AbortSignal,
): Promise<void> {
  for (const jobId of await jobs.expired(maxSingle)) {
    if (signal.aborted) return;
    try {
      report(bus, await jobs.closeIfExpired(jobId));
    } catch (err) {
      log.warn({ err, jobId }, 'closing an expired job failed');
    }
  }
}

/** The summary of the review queue counts jobs by their status. */
function report(bus: Bus, closed: readonly ExpiredJob[]): void {
  counter('marquee.jobs.expired').add(closed.length);
  gauge('marquee.jobs.closing_delay').record(Math.max(0, ...closed.map(({ delaySeconds }) => delaySeconds)));
  for (const { id } of closed) bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id });
}
