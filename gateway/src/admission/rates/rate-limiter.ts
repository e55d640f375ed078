import type { BusSettings } from '@marquee/chassis/bus/open-bus';
import type { Caller } from '@marquee/chassis/identity/caller';
import { subjectKey } from '@marquee/chassis/identity/caller-key';
import type { Closable } from '@marquee/chassis/process/closers';
import type { RateLimit } from '@marquee/chassis/http/token-bucket';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { GatewaySettings } from '../../config.js';
import type { GraphQLError } from 'graphql';
import { rateLimitExceeded, tooMuchWorkInFlight } from '../refusals.js';
import { type CostBudget, createCostBudget } from './cost-budget.js';
import { createCostInFlight } from './cost-in-flight.js';
import { memoryBuckets, redisBuckets, type TokenBuckets } from './token-buckets.js';

/** Limits the request rate over all transports together. Both functions throw RATE_LIMITED over the limit. */
export interface RateLimiter extends Closable {
  checkAddress(address: string): Promise<void>;
  /** Guests have no limit of their own; only their address counts. */
  checkCaller(caller: Caller): Promise<void>;
  /** Charges operations by their cost; undefined without a limit. */
  budget?: CostBudget | undefined;
}

type RateSetting =
  | 'RATE_PER_CALLER'
  | 'RATE_PER_ADDRESS'
  | 'RATE_COST_PER_CALLER'
  | 'RATE_COST_PER_ADDRESS'
  | 'RATE_BURST_SECONDS'
  | 'IN_FLIGHT_COST_PER_CALLER'
  | 'IN_FLIGHT_COST_PER_ADDRESS'
  | 'IN_FLIGHT_WAIT_SECONDS';

export interface RateLimiterOptions {
  settings: Pick<GatewaySettings, RateSetting> & BusSettings & { NODE_ENV: string };
  log: Logger;
}

/** Requests a second in production if the settings have no value; elsewhere there is no limit by default. */
const productionRates = { caller: 50, address: 200 };

/** Cost units a second: a tenth and two fifths of a processor. */
const productionCosts = { caller: 5_000, address: 20_000 };

/** Cost units in flight: 100 and 400 ms of CPU time. */
const productionInFlight = { caller: 5_000, address: 20_000 };

/** The requests and cost units per second that one caller may use; 0 means no limit. */
export interface CallerRates {
  requests: number;
  cost: number;
}

export function callerRates({
  NODE_ENV,
  RATE_PER_CALLER: requests,
  RATE_COST_PER_CALLER: cost,
}: Pick<RateLimiterOptions['settings'], 'NODE_ENV' | 'RATE_PER_CALLER' | 'RATE_COST_PER_CALLER'>): CallerRates {
  const isProduction = NODE_ENV === 'production';
  return {
    requests: requests ?? (isProduction ? productionRates.caller : 0),
    cost: cost ?? (isProduction ? productionCosts.caller : 0),
  };
}

export async function openRateLimiter({ settings, log }: RateLimiterOptions): Promise<RateLimiter> {
  const { REDIS_URL: url, BUS_PREFIX: prefix, NODE_ENV } = settings;
  const buckets = url === undefined ? memoryBuckets() : await redisBuckets(url, prefix, log);
  const limitOf = (perSecond: number | undefined, inProduction: number): RateLimit => {
    const rate = perSecond ?? (NODE_ENV === 'production' ? inProduction : 0);
    return { perSecond: rate, burst: Math.max(1, rate * settings.RATE_BURST_SECONDS) };
  };
  const callerLimit = limitOf(settings.RATE_PER_CALLER, productionRates.caller);
  const addressLimit = limitOf(settings.RATE_PER_ADDRESS, productionRates.address);
  return {
    budget: openBudget(settings, buckets, limitOf),
    close: () => buckets.close(),
    checkAddress: (address) => take(buckets, 'address', address, addressLimit),
    async checkCaller(caller) {
      if (caller.kind !== 'guest') await take(buckets, 'caller', subjectKey(caller), callerLimit);
    },
  };
}

/** Undefined without a limit. */
function openBudget(
  settings: RateLimiterOptions['settings'],
  buckets: TokenBuckets,
  limitOf: (perSecond: number | undefined, inProduction: number) => RateLimit,
): CostBudget | undefined {
  const limits = {
    caller: limitOf(settings.RATE_COST_PER_CALLER, productionCosts.caller),
    address: limitOf(settings.RATE_COST_PER_ADDRESS, productionCosts.address),
  };
  const inFlightLimits = inFlightLimitsOf(settings);
  const all = [limits.caller.perSecond, limits.address.perSecond, inFlightLimits.caller, inFlightLimits.address];
  if (all.every((limit) => limit === 0)) return undefined;
  const inFlight = createCostInFlight({ maxWaitMs: settings.IN_FLIGHT_WAIT_SECONDS * 1000 });
  return createCostBudget({ buckets, limits, inFlight, inFlightLimits, exceeded, tooMuchInFlight });
}

function inFlightLimitsOf(settings: RateLimiterOptions['settings']): { caller: number; address: number } {
  const inProduction = settings.NODE_ENV === 'production' ? productionInFlight : { caller: 0, address: 0 };
  return {
    caller: settings.IN_FLIGHT_COST_PER_CALLER ?? inProduction.caller,
    address: settings.IN_FLIGHT_COST_PER_ADDRESS ?? inProduction.address,
  };
}

const limitedRequests = {
  address: observedValue('marquee.guard.rate_limited', { by: 'address' }),
  caller: observedValue('marquee.guard.rate_limited', { by: 'caller' }),
};

type LimitedBy = keyof typeof limitedRequests;

async function take(buckets: TokenBuckets, by: LimitedBy, key: string, limit: RateLimit): Promise<void> {
  if (limit.perSecond === 0) return;
  const wait = await buckets.take(`${by}:${key}`, limit);
  if (wait === 0) return;
  throw exceeded(by, wait);
}

function exceeded(by: LimitedBy, waitSeconds: number): GraphQLError {
  limitedRequests[by].value += 1;
  return rateLimitExceeded(by, Math.max(1, Math.ceil(waitSeconds)));
}

function tooMuchInFlight(by: LimitedBy): GraphQLError {
  limitedRequests[by].value += 1;
  return tooMuchWorkInFlight(by);
}
