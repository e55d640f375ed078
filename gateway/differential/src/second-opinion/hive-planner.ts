import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { QueryPlan } from '@graphql-hive/router-query-planner';
import type { Closable } from '@marquee/chassis/process/closers';

export interface PlanQuestion {
  /** The supergraph, in the first question to a process. */
  sdl?: string;
  query: string;
  /** The active labels of progressive overrides. */
  labels: readonly string[];
}

/** A plan, or the error that prevented it. */
export interface PlanAnswer {
  plan?: QueryPlan | undefined;
  error?: string;
}

/** The planner of Hive Router, an implementation of federation that is independent of Apollo's. */
export interface HivePlanner extends Closable {
  plan(query: string, labels?: readonly string[]): Promise<PlanAnswer>;
}

const program = fileURLToPath(new URL('../../dist/second-opinion/hive-process.js', import.meta.url));

/** Milliseconds for one plan. */
const maxPlanningTime = 10_000;

/** Plans in a child process, which is replaced when it ends or does not answer. One plan at a time. */
export function openHivePlanner(sdl: string): HivePlanner {
  let child: ChildProcess | undefined;
  const stop = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  return {
    async plan(query, labels = []) {
      const isNew = child === undefined;
      // A process that aborts writes its stack.
      child ??= fork(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      const answer = await ask(child, { ...(isNew && { sdl }), query, labels });
      if (!answer) stop();
      return answer ?? { error: 'The planner ended its process, or did not answer.' };
    },
    close: stop,
  };
}

/** Undefined without an answer. */
async function ask(child: ChildProcess, question: PlanQuestion): Promise<PlanAnswer | undefined> {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => child.kill('SIGKILL'), maxPlanningTime);
  try {
    child.send(question);
    const answered = once(child, 'message', { signal }).then(([answer]) => answer as PlanAnswer);
    const exited = once(child, 'exit', { signal }).then(() => undefined);
    const first = Promise.race([answered, exited]);
    await first;
    for (const one of [answered, exited]) one.catch(() => undefined);
    return await first;
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}
