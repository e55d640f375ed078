import type { AttackFigures } from './attacked-graph.js';
import type { AttackCase } from './attack-table.js';
import { containerMemory } from './container-memory.js';

/** Everything that an attack must not cause, except slowness; empty if the graph withstands it. */
export function violationsOf({ expected, possible }: AttackCase, figures: AttackFigures): string[] {
  const { use, outcomes, openedBreakers, remainingStatements, memory } = figures;
  const permitted = new Set([...expected, ...possible]);
  return [
    ...new Set(use.failures.map((failure) => `regular use failed: ${failure}`)),
    ...(use.times.length > 0 && use.signInTimes.length > 0 ? [] : ['regular users had no response']),
    ...(openedBreakers === 0 ? [] : ['a circuit breaker opened']),
    ...(remainingStatements === 0 ? [] : [`${remainingStatements} statements still run`]),
    ...[...memory].flatMap(([name, mib]) => (mib < containerMemory ? [] : [`${name} used ${mib.toFixed(0)} MiB`])),
    ...Object.keys(outcomes).flatMap((outcome) => (permitted.has(outcome) ? [] : [`attack: ${outcome}`])),
    ...(expected.some((outcome) => outcomes[outcome]) ? [] : [`attack had none of: ${expected.join(', ')}`]),
  ];
}
