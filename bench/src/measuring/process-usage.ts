import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds per clock tick, the unit of CPU times in /proc (USER_HZ is 100). */
const tickMs = 10;

/** CPU time of a process in milliseconds, user and system, read from /proc (Linux). */
export async function processorTime(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The process name in parentheses may contain blanks. After it, utime and stime are fields 12 and 13.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Resident memory in MB. */
export async function residentMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

/** Resident memory in MB after garbage collections of a program with `attacks/gc-on-signal` preloaded. */
export async function memoryInUse(pid: number): Promise<number> {
  for (let times = 0; times < 2; times += 1) {
    process.kill(pid, 'SIGUSR2');
    await wait(300);
  }
  return residentMemory(pid);
}

/** Anonymous resident memory in MB: the part that can leak, without mapped files and shared memory. */
export async function anonymousMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

/** Peak resident memory in MB since the process started, or since `resetPeakMemory`. */
export async function peakMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

/** Resets the peak. */
export async function resetPeakMemory(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
