import { openSync, readSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { type LoopReport, loopReportOf } from './loop-report.js';

/** Put before a program: at SIGUSR2 it writes how its loop was. */
if (isMainThread) watchLoop();

function watchLoop(): void {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const turns = watchTurns();
  process.on('SIGUSR2', () => {
    const late = { p99: delays.percentile(99) / 1e6, most: delays.max / 1e6 };
    delays.reset();
    writeFileSync(loopReportOf(process.pid), JSON.stringify({ late, busy: turns() } satisfies LoopReport));
  });
}

/** A timer is due in every turn of the loop, so between two of its calls there is one long turn at most. */
function watchTurns(): () => LoopReport['busy'] {
  const spent = threadTime();
  let [most, overTen, last] = [0, 0, spent()];
  setInterval(() => {
    const now = spent();
    if (now - last > 10) overTen += 1;
    most = Math.max(most, now - last);
    last = now;
  }, 1).unref();
  return () => {
    const report = { most, overTen };
    [most, overTen] = [0, 0];
    return report;
  };
}

/** Milliseconds of processor time of the thread of the loop alone, as Linux counts them. */
function threadTime(): () => number {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(64);
  return () => {
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return Number(buffer.toString('latin1', 0, length).split(' ', 1)[0]) / 1e6;
  };
}
