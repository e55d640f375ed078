import { subscribe } from 'node:diagnostics_channel';
import { openSync, readSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { type EventLoopReport, eventLoopReportFile } from './event-loop-report.js';

/** Preloaded into a program: the first SIGUSR2 starts the measurement, each further one writes a report. */
if (isMainThread) process.once('SIGUSR2', monitorLoop);

function monitorLoop(): void {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const turns = monitorTurns();
  process.on('SIGUSR2', write);
  write();

  function write(): void {
    const lateness = { p99: delays.percentile(99) / 1e6, max: delays.max / 1e6 };
    delays.reset();
    writeFileSync(
      eventLoopReportFile(process.pid),
      JSON.stringify({ lateness, busy: turns() } satisfies EventLoopReport),
    );
  }
}

/**
 * Samples the thread's CPU time at every turn of the loop, by a timer of 1 ms, and at the start of every request. The
 * difference between two samples is one piece of uninterrupted work. Sampling at requests separates those that queued up
 * while another process had the CPU and are started within one turn.
 */
function monitorTurns(): () => EventLoopReport['busy'] {
  const spent = threadTime();
  let [max, overTen, last] = [0, 0, spent()];
  setInterval(sample, 1).unref();
  subscribe('http.server.request.start', sample);
  return () => {
    const report = { max, overTen };
    [max, overTen] = [0, 0];
    return report;
  };

  function sample(): void {
    const now = spent();
    if (now - last > 10) overTen += 1;
    max = Math.max(max, now - last);
    last = now;
  }
}

/** CPU milliseconds of the main thread, from the scheduler statistics of Linux. */
function threadTime(): () => number {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(64);
  return () => {
    // Reading the CPU usage of the process updates the statistics, which are otherwise up to one tick (4 ms) old.
    process.cpuUsage();
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return Number(buffer.toString('latin1', 0, length).split(' ', 1)[0]) / 1e6;
  };
}
