import { subscribe } from 'node:diagnostics_channel';
import { openSync, readSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { type EventLoopReport, eventLoopReportFile } from './event-loop-report.js';

/** Put before a program: at SIGUSR2 it writes how its loop was since the last one, from the second on. */
if (isMainThread) process.once('SIGUSR2', monitorLoop);

function monitorLoop(): void {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const turns = monitorTurns();
  process.on('SIGUSR2', write);
  write();

  function write(): void {
    const lateness = { p99: delays.percentile(99) / 1e6, most: delays.max / 1e6 };
    delays.reset();
    writeFileSync(
      eventLoopReportFile(process.pid),
      JSON.stringify({ lateness, busy: turns() } satisfies EventLoopReport),
    );
  }
}

/**
 * A timer is due in every turn of the loop, and a request that waits is begun, so between two of these there is at most
 * one piece of work that all others wait for. (Requests that have come while another program had the processor are
 * begun one after the other in one turn.)
 */
function monitorTurns(): () => EventLoopReport['busy'] {
  const spent = threadTime();
  let [most, overTen, last] = [0, 0, spent()];
  setInterval(sample, 1).unref();
  subscribe('http.server.request.start', sample);
  return () => {
    const report = { most, overTen };
    [most, overTen] = [0, 0];
    return report;
  };

  function sample(): void {
    const now = spent();
    if (now - last > 10) overTen += 1;
    most = Math.max(most, now - last);
    last = now;
  }
}

/** Milliseconds of processor time of the thread of the loop alone, as Linux counts them. */
function threadTime(): () => number {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(64);
  return () => {
    // The file is as old as the last tick of the system's clock, 4 ms say, unless the process is asked for its whole time.
    process.cpuUsage();
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return Number(buffer.toString('latin1', 0, length).split(' ', 1)[0]) / 1e6;
  };
}
