import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Put before a program: at SIGUSR2 it writes how long its loop was blocked since the last, in milliseconds. */
if (isMainThread) watchLoop();

function watchLoop(): void {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  process.on('SIGUSR2', () => {
    const blocked = { p99: delays.percentile(99) / 1e6, most: delays.max / 1e6 };
    delays.reset();
    writeFileSync(join(tmpdir(), `marquee-loop-${process.pid}.json`), JSON.stringify(blocked));
  });
}
