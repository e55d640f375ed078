import { canonical } from './canonical.js';
import type { Outcome } from './outcome.js';

/** Tells what differs between two outcomes; undefined when nothing does. */
export function differenceOf(reference: Outcome, subject: Outcome): string | undefined {
  if (reference.thrown !== subject.thrown) return 'thrown';
  if (canonical(reference.data) !== canonical(subject.data)) return 'data';
  if (canonical(reference.errors) !== canonical(subject.errors)) return 'errors';
  if (canonical(reference.fetches) !== canonical(subject.fetches)) return 'fetches';
  return undefined;
}
