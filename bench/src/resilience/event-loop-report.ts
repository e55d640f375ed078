import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Statistics of an event loop since the previous report, in milliseconds. */
export interface EventLoopReport {
  /** Delay of timers in wall-clock time, which includes time in which other processes had the CPU. */
  lateness: { p99: number; max: number };
  /** CPU time of single turns: the longest, and the number above 10 ms. */
  busy: { max: number; overTen: number };
}

/** The file to which a process writes its report. */
export function eventLoopReportFile(pid: number): string {
  return join(tmpdir(), `marquee-loop-${pid}.json`);
}

/** Requests and reads the report of a process. */
export async function readEventLoopReport(pid: number): Promise<EventLoopReport> {
  process.kill(pid, 'SIGUSR2');
  await wait(300);
  return JSON.parse(await readFile(eventLoopReportFile(pid), 'utf8')) as EventLoopReport;
}
