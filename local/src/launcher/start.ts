import { Listr, type ListrTask } from 'listr2';
import type { LauncherSettings } from '../config.js';
import { type Instance, dataDirectory, openInstance, portsOf } from './instance.js';
import { stopOrphans, openProcessRegistry } from './orphans.js';
import { lockDirectory } from './lock.js';
import type { ManagedProcess } from './managed-process.js';
import { checkPorts } from './port-check.js';
import { listenForStop, type StopRequest } from './signals.js';
import { type SupervisedProcess, supervise } from './supervisor.js';
import { type Stage, startupStages } from './stages.js';
import { welcomeMessage } from './welcome.js';

/**
 * Runs the whole system until a shutdown is requested, and leaves no process behind.
 * @throws UserError when a process does not start, after stopping the others
 */
export async function startCommand(settings: LauncherSettings): Promise<void> {
  const directory = dataDirectory(settings);
  const ports = portsOf(settings);
  const lock = await lockDirectory(directory, ports);
  const running: SupervisedProcess[][] = [];
  const stop = listenForStop(() => running.flat().forEach((supervised) => supervised.kill()));
  try {
    await stopOrphans(directory);
    await checkPorts(ports);
    const instance = await openInstance(settings);
    const stages = startupStages(instance, openProcessRegistry(directory), settings);
    await Promise.race([startStages(stages, running), stop.requested]).then(() => runUntilStopped(instance, stop));
  } finally {
    lock.markEnding();
    await stopStages(running);
    lock.close();
    stop.close();
  }
}

/** Starts the stages in order and shows the progress. */
async function startStages(stages: readonly Stage[], running: SupervisedProcess[][]): Promise<void> {
  const options = { concurrent: true, exitOnError: true } as const;
  const list = new Listr(
    roundsOf(stages).map((round) => ({
      title: round.map(({ title }) => title).join(', '),
      task: (_, task) =>
        task.newListr(
          round.flatMap((stage) => startTasks(stage, running)),
          options,
        ),
    })),
    {
      registerSignalListeners: false,
      rendererOptions: { collapseSubtasks: false, showErrorMessage: false },
      fallbackRenderer: 'simple',
    },
  );
  await list.run();
}

/** The stages that start together. */
function roundsOf(stages: readonly Stage[]): Stage[][] {
  const rounds: Stage[][] = [];
  for (const stage of stages)
    if (stage.startsWithPrevious) rounds.at(-1)?.push(stage);
    else rounds.push([stage]);
  return rounds;
}

function startTasks({ processes }: Stage, running: SupervisedProcess[][]): ListrTask[] {
  const stage: SupervisedProcess[] = [];
  running.push(stage);
  return processes.map((managed) => ({ title: managed.name, task: () => startSupervised(managed, stage) }));
}

function startSupervised(managed: ManagedProcess, stage: SupervisedProcess[]): Promise<void> {
  const supervised = supervise(managed, print);
  stage.push(supervised);
  return supervised.started;
}

async function runUntilStopped(instance: Instance, stop: StopRequest): Promise<void> {
  print(welcomeMessage(instance));
  await stop.requested;
}

async function stopStages(running: readonly SupervisedProcess[][]): Promise<void> {
  if (running.length > 0) print('Stopping ...');
  for (const stage of running.toReversed()) await Promise.all(stage.map((supervised) => supervised.stop()));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
