import { reading, type Reading } from '@marquee/chassis/telemetry/instruments';
import type { GraphQLError } from 'graphql';

/** Counts a request that is refused by the code of its first fault, and gives the faults back. */
export function countRefusal(faults: readonly GraphQLError[]): readonly GraphQLError[] {
  const [first] = faults;
  if (first) refusals(String(first.extensions['code'])).value += 1;
  return faults;
}

/** Two codes from the start: that nothing was refused is worth seeing. */
refusals('BAD_USER_INPUT');
refusals('FORBIDDEN');

/** Codes are ours, so there are few. */
function refusals(code: string): Reading {
  return reading('marquee.guard.refusals', { code });
}
