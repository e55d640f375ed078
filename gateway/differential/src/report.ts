import { print } from 'graphql';
import type { Arena } from './arena.js';
import type { Findings } from './check.js';

/** Tells a difference with everything that is needed to see it again. */
export function describe({ name }: Arena, { trial, comparison, seed }: NonNullable<Findings['found']>): string {
  const { document, variables, world, faults } = trial;
  return [
    `${name}: the ${comparison.difference ?? ''} differ (seed ${seed}, world ${world}, faults ${faults})`,
    print(document),
    `variables ${JSON.stringify(variables)}`,
    `reference ${JSON.stringify(comparison.reference, null, 1)}`,
    `engine ${JSON.stringify(comparison.subject, null, 1)}`,
  ].join('\n');
}
