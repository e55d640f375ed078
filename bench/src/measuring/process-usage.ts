import { readFile, writeFile } from 'node:fs/promises';

/** The system counts processor time in ticks of so many milliseconds. */
const tickMs = 10;

/** Milliseconds of processor time, user and system, that a process has spent; read from outside, on Linux. */
export async function processorTime(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name before the bracket may hold blanks; the state is the first field after it, utime and stime are 12 and 13.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** The resident memory in MB. */
export async function residentMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

/** The resident memory in MB that no file backs and nobody else has: what can leak. */
export async function anonymousMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

/** The largest resident memory in MB since the process began, or since `forgetPeak`. */
export async function peakMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

/** Starts the peak anew. */
export async function resetPeakMemory(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
