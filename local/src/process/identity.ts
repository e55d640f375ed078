import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process with this id is running. A zombie is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
  return stateOf(pid) !== 'Z';
}

/** The unit of CPU times in /proc, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The start time of a process, in the format of the system. Ids are reused; id and start time together are unique. */
export function startTime(pid: number): string {
  return procStat(pid)?.[19] ?? readPsColumn(pid, 'lstart');
}

/** The command and its arguments, separated by spaces; empty if the process has ended. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return readPsColumn(pid, 'command');
  }
}

/** The id of the parent of a process; undefined if it has ended, or without /proc. */
export function parentOf(pid: number): number | undefined {
  const parent = procStat(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Seconds of CPU time that a process has used; 0 if it has ended, or without /proc. */
export function cpuSeconds(pid: number): number {
  const [user = 0, system = 0] = procStat(pid)?.slice(11, 13).map(Number) ?? [];
  return (user + system) / ticksPerSecond;
}

function stateOf(pid: number): string {
  return procStat(pid)?.[0] ?? readPsColumn(pid, 'state').charAt(0);
}

/** The fields of /proc/PID/stat after the name, which may contain spaces and parentheses. 0: state, 19: start time. */
function procStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The fallback for systems without /proc. */
function readPsColumn(pid: number, column: string): string {
  if (process.platform === 'linux') return '';
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
