import { EmailFrequency } from '../notifications/notification-kinds.js';
import type { DigestPlan } from './digest-store.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The hour of the day (UTC) at which daily emails are sent. */
const dailyHour = 7;

/** The emails that are due at a time, in milliseconds since 1970. */
export function digestPlans(now: number): DigestPlan[] {
  const today = Math.floor((now - dailyHour * 60 * minuteMs) / dayMs) * dayMs + dailyHour * 60 * minuteMs;
  return [
    {
      frequency: EmailFrequency.IMMEDIATE,
      since: new Date(now - 2 * dayMs),
      until: new Date(now - minuteMs),
      lastMailBefore: new Date(now - 15 * minuteMs),
    },
    {
      frequency: EmailFrequency.DAILY,
      since: new Date(today - 2 * dayMs),
      until: new Date(today),
      lastMailBefore: new Date(today),
    },
  ];
}
