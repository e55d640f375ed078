import { print } from 'graphql';
import type { Counterexample } from './check-executor.js';
import type { Testbed } from './testbed.js';

/** Describes a difference with everything that is needed to reproduce it. */
export function describeCounterexample({ name }: Testbed, { trial, comparison, seed }: Counterexample): string {
  const { document, variables, world, failures } = trial;
  return [
    `${name}: ${comparison.difference ?? ''} differ (seed ${seed}, world ${world}, failures ${failures})`,
    print(document),
    `variables ${JSON.stringify(variables)}`,
    `reference ${JSON.stringify(comparison.reference, null, 1)}`,
    `engine ${JSON.stringify(comparison.subject, null, 1)}`,
  ].join('\n');
}
