import { type IdPage, idRange, minUuidAt } from '../paging/id-page.js';
import type { ActivityLifetime } from './activity-inputs.js';

/** The hours after which an activity expires. */
export const lifetimeHours: Readonly<Record<ActivityLifetime, number>> = {
  ONE_HOUR: 1,
  THREE_HOURS: 3,
  TWELVE_HOURS: 12,
  ONE_DAY: 24,
  THREE_DAYS: 72,
  SEVEN_DAYS: 168,
  THIRTY_DAYS: 720,
};

/** The longest lifetime, plus one day for clocks that differ. */
const maxLifetimeDays = 31;

const dayMs = 24 * 60 * 60 * 1000;

/** The SQL condition that an activity is visible: neither deleted nor expired, and its author is not hidden. */
export function isActive(alias: string): string {
  return `${isKept(alias)} and not exists (
    select from hidden_authors where hidden_authors.user_id = ${alias}.author_id
  )`;
}

/** The SQL condition that an activity is neither deleted nor expired, with a hidden author or not. */
export function isKept(alias: string): string {
  return `${alias}.deleted_at is null and ${alias}.expires_at > now()`;
}

/** The range of a page of activities. It stops where all activities have expired, instead of skipping those. */
export function activeRange(page: IdPage): { after: string; before: string } {
  const [oldest, range] = [minIdDaysAgo(maxLifetimeDays), idRange(page)];
  return { ...range, before: range.before > oldest ? range.before : oldest };
}

export function minIdDaysAgo(days: number): string {
  return minUuidAt(Date.now() - days * dayMs);
}
