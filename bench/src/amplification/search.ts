import fc from 'fast-check';
import { type Measurement, probeRepeatedly, type ProbeTarget } from './operation-probe.js';
import { type OperationGrammar, printOperation, type Selection } from './operation-grammar.js';

export interface SearchOptions {
  target: ProbeTarget;
  grammar: OperationGrammar;
  seed: number;
  /** Samples per root field, before the dearest are combined. */
  samplesPerRoot: number;
  /** Combinations and repetitions of the dearest. */
  combinations: number;
  onMeasured?(measurement: Measurement): void;
}

/** The permitted operations in the order of their CPU time, the dearest first. */
export async function searchDearest(options: SearchOptions): Promise<Measurement[]> {
  const { target, grammar, seed, samplesPerRoot, combinations, onMeasured } = options;
  const found: Candidate[] = [];
  const measureOne = async (roots: Selection[]): Promise<void> => {
    const measurement = await probeRepeatedly(target, printOperation(roots), 2);
    if (!isPermitted(measurement)) return;
    onMeasured?.(measurement);
    found.push({ roots, measurement });
    found.sort((one, other) => other.measurement.cpuMs - one.measurement.cpuMs);
  };
  for (const [index, name] of grammar.rootNames.entries())
    for (const root of fc.sample(grammar.rootNamed(name), { numRuns: samplesPerRoot, seed: seed + index }))
      await measureOne([root]);
  const steps = fc.sample(stepArbitrary(grammar), { numRuns: combinations, seed });
  for (const step of steps) await measureOne(combine(found, step));
  return confirm(
    target,
    found.map(({ measurement }) => measurement),
  );
}

/** Operations that are measured again, and how often: a single measurement contains garbage collection and compilation. */
const confirmed = 10;
const confirmations = 4;

/** Measures the dearest operations again. */
async function confirm(target: ProbeTarget, found: readonly Measurement[]): Promise<Measurement[]> {
  const again: Measurement[] = [];
  for (const { document } of found.slice(0, confirmed))
    again.push(await probeRepeatedly(target, document, confirmations));
  return [...again, ...found.slice(confirmed)].toSorted((one, other) => other.cpuMs - one.cpuMs);
}

interface Candidate {
  roots: Selection[];
  measurement: Measurement;
}

/** One step of the search: which of the dearest operations to take, and how to change them. */
interface Step {
  kind: 'repeat' | 'join' | 'extend';
  one: number;
  other: number;
  times: number;
  fresh: Selection;
}

/** Operations that are combined. */
const elite = 12;

/** The gateway allows 20. */
const maxRoots = 20;

function stepArbitrary({ root }: OperationGrammar): fc.Arbitrary<Step> {
  return fc.record({
    kind: fc.constantFrom('repeat', 'join', 'extend'),
    one: fc.nat(elite - 1),
    other: fc.nat(elite - 1),
    times: fc.constantFrom(2, 3, 5, 10, 20),
    fresh: root,
  });
}

function combine(found: readonly Candidate[], { kind, one, other, times, fresh }: Step): Selection[] {
  const first = found[one]?.roots ?? [fresh];
  if (kind === 'extend') return [...first, fresh].slice(-maxRoots);
  if (kind === 'join') return [...first, ...(found[other]?.roots ?? [])].slice(0, maxRoots);
  return Array.from({ length: times }, () => first)
    .flat()
    .slice(0, maxRoots);
}

/** Refused operations have a status of their own, and so has one that exceeds a rate. */
function isPermitted({ status }: Measurement): boolean {
  return status === 200;
}
