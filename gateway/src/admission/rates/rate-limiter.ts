import type { BusSettings } from '@marquee/chassis/bus/open-bus';
import type { Caller } from '@marquee/chassis/identity/caller';
import { subjectKey } from '@marquee/chassis/identity/caller-key';
import type { Closable } from '@marquee/chassis/process/closers';
import type { RateLimit } from '@marquee/chassis/http/token-bucket';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { GatewaySettings } from '../../config.js';
import type { GraphQLError } from 'graphql';
import { rateLimitExceeded } from '../refusals.js';
import { type CostBudget, createCostBudget } from './cost-budget.js';
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
  'RATE_PER_CALLER' | 'RATE_PER_ADDRESS' | 'RATE_COST_PER_CALLER' | 'RATE_COST_PER_ADDRESS' | 'RATE_BURST_SECONDS';

export interface RateLimiterOptions {
  settings: Pick<GatewaySettings, RateSetting> & BusSettings & { NODE_ENV: string };
  log: Logger;
}

/** Requests a second in production if the settings have no value; elsewhere there is no limit by default. */
const productionRates = { caller: 50, address: 200 };

/** Cost units a second: a tenth and two fifths of a processor. */
const productionCosts = { caller: 5_000, address: 20_000 };

export async function openRateLimiter({ settings, log }: RateLimiterOptions): Promise<RateLimiter> {
  const { REDIS_URL: url, BUS_PREFIX: prefix, NODE_ENV } = settings;
  const buckets = url === undefined ? memoryBuckets() : await redisBuckets(url, prefix, log);
  const limitOf = (perSecond: number | undefined, inProduction: number): RateLimit => {
    const rate = perSecond ?? (NODE_ENV === 'production' ? inProduction : 0);
    return { perSecond: rate, burst: Math.max(1, rate * settings.RATE_BURST_SECONDS) };
  };
  const callerLimit = limitOf(settings.RATE_PER_CALLER, productionRates.caller);
  const addressLimit = limitOf(settings.RATE_PER_ADDRESS, productionRates.address);
  const costs = {
    caller: limitOf(settings.RATE_COST_PER_CALLER, productionCosts.caller),
    address: limitOf(settings.RATE_COST_PER_ADDRESS, productionCosts.address),
  };
  const isCharged = costs.caller.perSecond > 0 || costs.address.perSecond > 0;
  return {
    budget: isCharged ? createCostBudget({ buckets, limits: costs, exceeded }) : undefined,
    close: () => buckets.close(),
    checkAddress: (address) => take(buckets, 'address', address, addressLimit),
    async checkCaller(caller) {
      if (caller.kind !== 'guest') await take(buckets, 'caller', subjectKey(caller), callerLimit);
    },
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
