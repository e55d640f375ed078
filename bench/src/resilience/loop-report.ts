import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a loop was since somebody last asked; all in milliseconds. */
export interface LoopReport {
  /** Time on the clock that its timers were late: this grows too while other programs have the processor. */
  late: { p99: number; most: number };
  /** Processor time that it spent without a pause. */
  busy: { most: number; overTen: number };
}

/** Where a process writes its report. */
export function loopReportOf(pid: number): string {
  return join(tmpdir(), `marquee-loop-${pid}.json`);
}
