import { setTimeout as wait } from 'node:timers/promises';
import { responseTimeoutMs, type RunningProcess } from './managed-process.js';

/** Milliseconds between two requests to a process. */
const intervalMs = 2_000;

/** Requests without a response, in a row, after which a process hangs: a busy or a suspended machine misses some, too. */
const maxMisses = 3;

/** Seconds without a response after which a process is killed. */
const patienceSeconds = (maxMisses * (intervalMs + responseTimeoutMs)) / 1000;

/**
 * Kills a process that has stopped to respond, for instance after SIGSTOP or in an endless loop, so that its supervisor
 * starts it again. Resolves when the process has ended, or was killed.
 * @param report receives a line for the user about the kill
 * @param stopping aborts when the process is to end: a draining one may take its time
 */
export async function killWhenHung(
  name: string,
  process: RunningProcess,
  report: (line: string) => void,
  stopping: AbortSignal,
): Promise<void> {
  const { responds } = process;
  if (!responds) return;
  const ended = new AbortController();
  void process.ended.then(() => ended.abort());
  const end = AbortSignal.any([ended.signal, stopping]);
  for (let misses = 0; misses < maxMisses; misses = (await responds()) ? 0 : misses + 1) {
    await wait(intervalMs, undefined, { signal: end, ref: false }).catch(() => undefined);
    if (end.aborted) return;
  }
  if (end.aborted) return;
  report(`${name} has not responded for ${patienceSeconds} s; it is killed.`);
  process.kill();
}
