import { Listr } from 'listr2';
import type { LauncherSettings } from '../config.js';
import { type Copy, dataDirectory, openCopy, portsOf } from './copy.js';
import { endLeftOvers, openRegister } from './left-overs.js';
import { lockDirectory } from './lock.js';
import type { Part } from './part.js';
import { checkPorts } from './ports.js';
import { onStop, type StopRequest } from './signals.js';
import { type Supervised, supervise } from './supervisor.js';
import { partNames, type Stage, stagesOf } from './system.js';
import { welcome } from './welcome.js';

/**
 * Runs the whole system until it is asked to stop; leaves no process behind.
 * @throws Refusal when it could not start, after everything is stopped again
 */
export async function startCommand(settings: LauncherSettings): Promise<void> {
  const directory = dataDirectory(settings);
  const ports = portsOf(settings);
  const lock = await lockDirectory(directory, ports);
  const running: Supervised[][] = [];
  const stop = onStop(() => running.flat().forEach((part) => part.kill()));
  try {
    await endLeftOvers(directory);
    await checkPorts(ports, partNames);
    const copy = await openCopy(settings);
    const stages = stagesOf(copy, openRegister(directory), settings);
    await Promise.race([bringUp(stages, running), stop.asked]).then(() => attend(copy, stop));
  } finally {
    lock.markEnding();
    await takeDown(running);
    lock.close();
    stop.close();
  }
}

/** Starts stage after stage, and shows how far it is. */
async function bringUp(stages: readonly Stage[], running: Supervised[][]): Promise<void> {
  const options = { concurrent: true, exitOnError: true } as const;
  const list = new Listr(
    stages.map(({ title, parts }) => ({
      title,
      task: (_, task) => {
        const stage: Supervised[] = [];
        running.push(stage);
        return task.newListr(
          parts.map((part) => ({ title: part.name, task: () => begin(part, stage) })),
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

function begin(part: Part, stage: Supervised[]): Promise<void> {
  const supervised = supervise(part, say);
  stage.push(supervised);
  return supervised.started;
}

async function attend(copy: Copy, stop: StopRequest): Promise<void> {
  say(welcome(copy));
  await stop.asked;
}

async function takeDown(running: readonly Supervised[][]): Promise<void> {
  if (running.length > 0) say('Stopping ...');
  for (const stage of running.toReversed()) await Promise.all(stage.map((part) => part.stop()));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
