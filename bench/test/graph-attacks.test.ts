import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attacksOnGraph } from '../src/graph-attacks/attack-table.js';
import { violationsOf } from '../src/graph-attacks/attack-verdict.js';
import { type AttackedGraph, openAttackedGraph } from '../src/graph-attacks/attacked-graph.js';
import { attackedSizes } from '../src/graph-attacks/attacked-sizes.js';

// The short form of `npm run bench attacks`, which also limits the latency of regular requests. It needs further loopback
// addresses and the memory of processes, which only Linux has.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** Milliseconds of regular use before the attacks, which also load and compile code. */
const quietMs = 1_500;

/** Seconds of each attack, which goes on until it had an expected outcome. */
const attackSeconds = 1.5;

onLinux('regular users, first sign-ins, breakers and memory', () => {
  let graph: AttackedGraph;

  beforeAll(async () => {
    graph = await openAttackedGraph(attackedSizes);
  }, 600_000);

  afterAll(() => graph.close());

  test('are measured without an attack, with no failure', async () => {
    const { failures, times, signInTimes } = await graph.quietly(wait(quietMs));
    expect(failures).toEqual([]);
    expect(Math.min(times.length, signInTimes.length)).toBeGreaterThan(0);
  });

  test.each(Object.keys(attacksOnGraph))(
    'withstand %s',
    async (name) => {
      expect(violationsOf(attacksOnGraph[name]!, await graph.attackWith(name, attackSeconds))).toEqual([]);
    },
    240_000,
  );
});
