import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tokensOf } from '../src/crowd/crowd-bench.js';
import { measureCrowd } from '../src/crowd/crowd-figures.js';
import { type CrowdGraph, openCrowdGraph } from '../src/crowd/crowd-graph.js';

// The short form of `npm run bench crowd`, which also measures memory and CPU time per socket. It needs further loopback
// addresses and the figures of processes, which only Linux has.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('callers and guests with the same subscription', () => {
  let graph: CrowdGraph;

  beforeAll(async () => {
    graph = await openCrowdGraph();
  }, 600_000);

  afterAll(() => graph.close());

  test('share a stream for equal rights and receive each event exactly once, also over a restart of the gateway', async () => {
    const tokens = [...(await tokensOf(graph, 25)), ...Array<null>(25).fill(null)];
    const figures = await measureCrowd(graph, { tokens, seconds: 0.5, events: 3, collections: 0 });
    expect([figures.streams, figures.herd.streams]).toEqual([2, 2]);
    expect(figures.events.times).toHaveLength(3 * tokens.length);
    expect(figures.herd.times).toHaveLength(tokens.length);
    expect(Math.min(...figures.herd.times)).toBeGreaterThanOrEqual(figures.herd.ready);
  });
});
