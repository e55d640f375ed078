import { backoffDelay, type BackoffOptions } from '../timing/backoff.js';

/** The subjects with an event that the topic has refused. Each waits on its own, the longer the more often it was refused. */
export interface RefusedSubjects {
  /** Those that still wait. */
  waiting(): ReadonlySet<string>;
  refused(subject: string): void;
  accepted(subject: string): void;
}

/** A refusal is rarely transient: its cause is the event, such as its size. */
const refusalBackoff: BackoffOptions = { baseMs: 1_000, maxMs: 60_000 };

/** No subject waits at first. */
export function createRefusedSubjects(): RefusedSubjects {
  const subjects = new Map<string, { refusals: number; until: number }>();
  return {
    waiting() {
      const now = performance.now();
      return new Set([...subjects].flatMap(([subject, { until }]) => (until > now ? [subject] : [])));
    },
    refused(subject) {
      const refusals = (subjects.get(subject)?.refusals ?? 0) + 1;
      subjects.set(subject, { refusals, until: performance.now() + backoffDelay(refusals, refusalBackoff) });
    },
    accepted(subject) {
      subjects.delete(subject);
    },
  };
}
