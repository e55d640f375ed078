import { observedValue, type ObservedValue } from '@marquee/chassis/telemetry/instruments';

/** Fetches without the entity cache. Exists from the start, so that a chart shows zero and not a gap. */
export const bypassed = observedValue('marquee.cache.bypassed');

/** Results of a service that the entity cache was asked for. */
export function cacheLookups(service: string, outcome: 'hit' | 'miss'): ObservedValue {
  return observedValue('marquee.cache.lookups', { service, outcome });
}
