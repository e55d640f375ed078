import type { BusSettings } from '@marquee/chassis/bus/open-bus';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { Closable } from '@marquee/chassis/process/closers';
import type { RateLimit } from '@marquee/chassis/http/token-bucket';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import { type TokenBuckets, memoryBuckets, redisBuckets } from './token-buckets.js';
import type { GatewaySettings } from '../../config.js';
import { rateLimitExceeded } from '../refusals.js';

/** How often a caller and an address may ask, over all roads together. Each throws RATE_LIMITED, with HTTP 429. */
export interface RateLimiter extends Closable {
  checkAddress(address: string): Promise<void>;
  /** Guests are nobody: their addresses are counted alone. */
  checkCaller(caller: Caller): Promise<void>;
}

export interface RateLimiterOptions {
  settings: Pick<GatewaySettings, 'RATE_PER_CALLER' | 'RATE_PER_ADDRESS' | 'RATE_BURST_SECONDS'> &
    BusSettings & { NODE_ENV: string };
  log: Logger;
}

/** What production allows where it is not told, in requests a second. */
const usual = { caller: 50, address: 200 };

export async function openRateLimiter({ settings, log }: RateLimiterOptions): Promise<RateLimiter> {
  const { REDIS_URL: url, BUS_PREFIX: prefix, NODE_ENV } = settings;
  const buckets = url === undefined ? memoryBuckets() : await redisBuckets(url, prefix, log);
  const size = (perSecond: number | undefined, usually: number): RateLimit => {
    const rate = perSecond ?? (NODE_ENV === 'production' ? usually : 0);
    return { perSecond: rate, burst: Math.max(1, rate * settings.RATE_BURST_SECONDS) };
  };
  const ofCallers = size(settings.RATE_PER_CALLER, usual.caller);
  const ofAddresses = size(settings.RATE_PER_ADDRESS, usual.address);
  return {
    close: () => buckets.close(),
    checkAddress: (address) => take(buckets, 'address', address, ofAddresses),
    async checkCaller(caller) {
      if (caller.kind === 'user') await take(buckets, 'caller', `user ${caller.sub}`, ofCallers);
      if (caller.kind === 'machine') await take(buckets, 'caller', `machine ${caller.clientId}`, ofCallers);
    },
  };
}

const limited = {
  address: observedValue('marquee.guard.rate_limited', { by: 'address' }),
  caller: observedValue('marquee.guard.rate_limited', { by: 'caller' }),
};

async function take(buckets: TokenBuckets, who: keyof typeof limited, key: string, size: RateLimit): Promise<void> {
  if (size.perSecond === 0) return;
  const wait = await buckets.take(`${who}:${key}`, size);
  if (wait === 0) return;
  limited[who].value += 1;
  throw rateLimitExceeded(who, Math.max(1, Math.ceil(wait)));
}
