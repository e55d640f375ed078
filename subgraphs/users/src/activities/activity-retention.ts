import { minIdAt } from '../paging/id-page.js';

/** Days that no activity outlives, with one to spare for clocks that differ. */
const longestLife = 31;

const day = 24 * 60 * 60 * 1000;

/** The condition that a row of `activities` is there for anyone: neither deleted nor expired. */
export function isActive(alias: string): string {
  return `${alias}.deleted_at is null and ${alias}.expires_at > now()`;
}

/** Everything with a smaller id has expired: where a list stops reading instead of passing over the dead. */
export function oldestActiveId(): string {
  return minIdDaysAgo(longestLife);
}

export function minIdDaysAgo(days: number): string {
  return minIdAt(Date.now() - days * day);
}
