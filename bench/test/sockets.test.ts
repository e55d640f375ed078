import { beforeAll, describe, expect, test } from '@jest/globals';
import { type LayerFigures, measureLayer } from '../src/sockets/sockets-bench.js';

// The short form of `npm run bench sockets`, which also measures CPU time. Only Linux has further loopback addresses and the
// figures of processes.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the heap of an idle socket', () => {
  let [library, own]: LayerFigures[] = [];

  beforeAll(async () => {
    const options = { sockets: 1_000, seconds: 0.1, events: 1 };
    library = await measureLayer('ws', options);
    own = await measureLayer('marquee', options);
  }, 120_000);

  test('is that of its WebSocket and at most 1.5 kB more', () => {
    expect(own!.idle.heap).toBeLessThan(library!.idle.heap + 1_500);
  });

  test('grows by at most 2.5 kB with a stream', () => {
    expect(own!.subscribed.heap).toBeLessThan(own!.idle.heap + 2_500);
  });
});
