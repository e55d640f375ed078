import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How a loop was since somebody last asked; all in milliseconds. */
export interface EventLoopReport {
  /** Time on the clock that its timers were late: this grows too while other programs have the processor. */
  lateness: { p99: number; most: number };
  /** Processor time that it spent without a pause, and how often that was more than ten. */
  busy: { most: number; overTen: number };
}

/** Where a process writes its report. */
export function eventLoopReportFile(pid: number): string {
  return join(tmpdir(), `marquee-loop-${pid}.json`);
}

/** How the loop of a process was since this was last asked. */
export async function readEventLoopReport(pid: number): Promise<EventLoopReport> {
  process.kill(pid, 'SIGUSR2');
  await wait(300);
  return JSON.parse(await readFile(eventLoopReportFile(pid), 'utf8')) as EventLoopReport;
}
