import { Listr } from 'listr2';
import type { LauncherSettings } from '../config.js';
import { type Instance, dataDirectory, openInstance, portsOf } from './instance.js';
import { stopOrphans, openProcessRegistry } from './orphans.js';
import { lockDirectory } from './lock.js';
import type { ManagedProcess } from './managed-process.js';
import { checkPorts } from './ports.js';
import { listenForStop, type StopRequest } from './signals.js';
import { type SupervisedProcess, supervise } from './supervisor.js';
import { listenerNames, type Stage, startupStages } from './stages.js';
import { welcomeMessage } from './welcome.js';

/**
 * Runs the whole system until it is asked to stop; leaves no process behind.
 * @throws Refusal when it could not start, after everything is stopped again
 */
export async function startCommand(settings: LauncherSettings): Promise<void> {
  const directory = dataDirectory(settings);
  const ports = portsOf(settings);
  const lock = await lockDirectory(directory, ports);
  const running: SupervisedProcess[][] = [];
  const stop = listenForStop(() => running.flat().forEach((part) => part.kill()));
  try {
    await stopOrphans(directory);
    await checkPorts(ports, listenerNames);
    const copy = await openInstance(settings);
    const stages = startupStages(copy, openProcessRegistry(directory), settings);
    await Promise.race([startStages(stages, running), stop.requested]).then(() => runUntilStopped(copy, stop));
  } finally {
    lock.markEnding();
    await stopStages(running);
    lock.close();
    stop.close();
  }
}

/** Starts stage after stage, and shows how far it is. */
async function startStages(stages: readonly Stage[], running: SupervisedProcess[][]): Promise<void> {
  const options = { concurrent: true, exitOnError: true } as const;
  const list = new Listr(
    stages.map(({ title, processes }) => ({
      title,
      task: (_, task) => {
        const stage: SupervisedProcess[] = [];
        running.push(stage);
        return task.newListr(
          processes.map((part) => ({ title: part.name, task: () => startSupervised(part, stage) })),
          options,
        );
      },
    })),
    {
      registerSignalListeners: false,
      rendererOptions: { collapseSubtasks: false, showErrorMessage: false },
      fallbackRenderer: 'simple',
    },
  );
  await list.run();
}

function startSupervised(part: ManagedProcess, stage: SupervisedProcess[]): Promise<void> {
  const supervised = supervise(part, print);
  stage.push(supervised);
  return supervised.started;
}

async function runUntilStopped(copy: Instance, stop: StopRequest): Promise<void> {
  print(welcomeMessage(copy));
  await stop.requested;
}

async function stopStages(running: readonly SupervisedProcess[][]): Promise<void> {
  if (running.length > 0) print('Stopping ...');
  for (const stage of running.toReversed()) await Promise.all(stage.map((part) => part.stop()));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
