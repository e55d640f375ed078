import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process with this number exists; a zombie counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM';
  }
  return stateOf(pid) !== 'Z';
}

/** When the process started, in the system's own spelling. With the number it names a process for good: numbers are used again. */
export function startTime(pid: number): string {
  return procStat(pid)?.[19] ?? readPsColumn(pid, 'lstart');
}

/** The command with its arguments, separated by blanks; empty when the process is gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return readPsColumn(pid, 'command');
  }
}

function stateOf(pid: number): string {
  return procStat(pid)?.[0] ?? readPsColumn(pid, 'state').charAt(0);
}

/** The fields of /proc/PID/stat after the name (which may hold blanks and brackets): the first is the state, the twentieth the start. */
function procStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** For systems without /proc. */
function readPsColumn(pid: number, column: string): string {
  if (process.platform === 'linux') return '';
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
