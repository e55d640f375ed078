import { setTimeout as wait } from 'node:timers/promises';
import { cpuSeconds } from '../../process/identity.js';
import type { Fleet } from '../../fleet/fleet.js';
import { openDrillFleet } from '../delivery-drill.js';
import { findProblems } from '../delivery-checks.js';
import { formatProblems } from '../delivery-report.js';
import { createDrillSetup } from '../drill-users.js';
import { seededRandom } from '@marquee/testkit/seeded-random';
import { sendToAll } from '../senders.js';
import { readStoredMessages } from '../stored-messages.js';
import { openSubscribers, waitForDelivery } from '../subscribers.js';
import type { DrillReport, Scenario, ScenarioContext } from './scenario.js';

/** Milliseconds in which a reader must have caught up, on a busy machine. */
const limitMs = 60_000;

/** A reader that is thousands of messages behind receives all of them with one subscription. */
export const catchUp: Scenario = { name: 'behind', run: runCatchUp };

async function runCatchUp(context: ScenarioContext): Promise<DrillReport> {
  const { options, closers, log } = context;
  const random = seededRandom(options.seed);
  const { fleet } = await openDrillFleet({ sizes: { users: 1, jobs: 1, messaging: 1, gateway: 1 } }, context);
  const setup = await createDrillSetup(fleet, { senders: 4, conversations: 1 }, random);
  const sent = await sendToAll(fleet, setup.conversations, Math.ceil(options.behind / 4));
  log(`${sent.length} messages are stored`);
  const [started, cpuBefore] = [performance.now(), cpuOf(fleet)];
  const subscribers = openSubscribers({ fleet, setup, count: 1, random });
  for (const subscriber of subscribers) closers.add(subscriber);
  await waitForDelivery(subscribers, sent, limitMs);
  const [seconds, cpu] = [(performance.now() - started) / 1_000, formatCpu(cpuBefore, cpuOf(fleet))];
  await wait(1_000);
  const stored = await readStoredMessages(fleet, setup.conversations);
  const connections = subscribers.reduce((sum, subscriber) => sum + subscriber.connections(), 0);
  const problems = [
    ...findProblems({ sent, stored, subscribers }),
    ...(connections > 1 ? [`the reader connected ${connections} times`] : []),
  ];
  const lines = [
    `${sent.length} messages behind: caught up in ${seconds.toFixed(1)} s, CPU time: ${cpu}`,
    ...formatProblems(problems),
    problems.length === 0 ? 'One subscription delivered them all.' : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}

/** Seconds of CPU time of each service. */
function cpuOf({ groups }: Fleet): Map<string, number> {
  return new Map(
    [...groups].map(([name, { replicas }]) => [
      name,
      replicas.reduce((sum, replica) => sum + cpuSeconds(replica.pid() ?? 0), 0),
    ]),
  );
}

function formatCpu(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string {
  return [...after].map(([name, seconds]) => `${name} ${(seconds - (before.get(name) ?? 0)).toFixed(1)} s`).join(', ');
}
