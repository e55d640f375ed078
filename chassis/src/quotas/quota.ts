import type { GraphQLError } from 'graphql';
import { z } from 'zod';
import { rateLimited } from '../errors/errors.js';

/**
 * How often one user may perform an action. The whole number may be used at once; used ones come back evenly over the
 * period.
 */
export interface Quota {
  limit: number;
  /** Seconds in which a quota that was used up is full again. */
  seconds: number;
  /** The plural noun of the counted action, for the error message. */
  noun: string;
}

/** The quotas of a service by the name under which uses are stored. */
export type QuotaTable<Action extends string> = Readonly<Record<Action, Quota>>;

/** The variable of services with quotas. */
export const quotaSettings = {
  QUOTA_FACTOR: z.coerce
    .number()
    .min(0)
    .default(1)
    .describe('Multiplies the quotas of all actions, for instance for load tests. 0: no quotas.'),
};

/**
 * The cost of uses of an action, in milliseconds of its period. A store keeps one time per user and action: until when
 * the quota is used. Uses move it, and are refused if they would move it further ahead of the clock than the period
 * (generic cell rate algorithm).
 */
export interface QuotaCharge {
  costMs: number;
  periodMs: number;
}

export function quotaCharge({ limit, seconds }: Quota, factor: number, uses: number): QuotaCharge {
  const periodMs = seconds * 1000;
  return { costMs: (uses * periodMs) / (limit * factor), periodMs };
}

/** @param waitMs milliseconds until the uses are possible */
export function quotaExceeded({ limit, seconds, noun }: Quota, factor: number, waitMs: number): GraphQLError {
  const period = seconds === dayInSeconds ? 'day' : `${seconds / 60} minutes`;
  const wait = Math.max(1, Math.ceil(waitMs / 1000));
  const allowed = Math.max(1, Math.floor(limit * factor));
  return rateLimited(`Limit reached: ${allowed} ${noun} per ${period}. Try again in ${wait} s.`, wait);
}

export const hourInSeconds = 3_600;
export const dayInSeconds = 86_400;
