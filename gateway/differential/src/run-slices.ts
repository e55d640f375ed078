import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SliceResult } from './check-process.js';
import type { Slice } from './slices.js';

const program = fileURLToPath(new URL('check-process.js', import.meta.url));

/** Most objects live for one operation only; in a larger young generation, fewer of them are copied. */
const heapFlags = ['--max-semi-space-size=64'];

/** Checks slices in several processes. @throws Error when a process exits */
export async function runSlices(
  slices: readonly Slice[],
  jobs: number,
  report: (result: SliceResult) => void,
): Promise<void> {
  const queue = [...slices];
  const children: ChildProcess[] = [];
  const work = async (): Promise<void> => {
    const child = fork(program, { execArgv: heapFlags });
    children.push(child);
    for (let slice = queue.shift(); slice; slice = queue.shift()) report(await ask(child, slice));
    child.disconnect();
  };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, slices.length) }, work));
  } finally {
    for (const child of children) child.kill();
  }
}

async function ask(child: ChildProcess, slice: Slice): Promise<SliceResult> {
  const controller = new AbortController();
  const { signal } = controller;
  const exited = once(child, 'exit', { signal }).then(([code, killed]: (string | number)[]) => {
    throw new Error(`The process for ${slice.supergraph} with seed ${slice.seed} exited: ${code ?? killed}.`);
  });
  try {
    const answered = once(child, 'message', { signal }) as Promise<[SliceResult]>;
    child.send(slice);
    const [result] = await Promise.race([answered, exited]);
    return result;
  } finally {
    exited.catch(() => undefined);
    controller.abort();
  }
}
