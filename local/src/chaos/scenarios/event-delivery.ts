import { setTimeout as wait } from 'node:timers/promises';
import { readSettings } from '@marquee/chassis/config/settings';
import { openPostgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import type { Fleet } from '../../fleet/fleet.js';
import { openDrillFleet } from '../delivery-drill.js';
import { formatProblems, summarizeWarnings } from '../delivery-report.js';
import { createDrillUsers, projectType } from '../drill-users.js';
import { changeAccounts } from '../events/account-changes.js';
import { type DataSource, type EventLedger, ledgerQueue, openEventLedger } from '../events/event-ledger.js';
import {
  appliedChangeProblems,
  ledgerProblems,
  readEmitted,
  recordAppliedChanges,
  stateProblems,
} from '../events/event-verdict.js';
import { kill, replicasOf } from '../failure-actions.js';
import { injectFailures, type FailureAction } from '../failure-injection.js';
import { createProgress } from '../progress.js';
import { seededRandom } from '@marquee/testkit/seeded-random';
import type { DrillReport, Scenario, ScenarioContext } from './scenario.js';

/** Milliseconds in which every event must have been applied. A relay that was killed keeps its lease for 30 s. */
const limitMs = 180_000;

/** Every service, with its relay and its consumer, and the emulator of SNS and SQS are killed in turn. */
export const eventDelivery: Scenario = { name: 'events', run: runEventDelivery };

const sizes = { users: 2, jobs: 2, messaging: 1, shows: 1, gateway: 1 };

async function runEventDelivery(context: ScenarioContext): Promise<DrillReport> {
  const { options, closers } = context;
  const random = seededRandom(options.seed);
  const { fleet } = await openDrillFleet({ sizes, eventQueue: ledgerQueue }, context);
  const databases = await openDatabases(fleet, context);
  const ledger = await openEventLedger(fleet.variablesOf('users'), closers);
  const users = await createDrillUsers(fleet, Math.min(20, options.senders));
  const progress = createProgress(options.accounts);
  const started = performance.now();
  await Promise.all([
    injectFailures([failures(fleet, context)], { random: random.branch(), progress }),
    changeAccounts({
      ...{ fleet, users, progress, count: options.accounts, random: random.branch() },
      projectTypeId: await projectType(fleet),
    }),
  ]);
  context.log('all accounts are changed');
  const { problems, emitted } = await waitUntilApplied(fleet, ledger, databases);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const lines = [
    `seed ${options.seed}: ${options.accounts} changes of ${users.length} accounts, ${emitted} events in ${seconds} s`,
    ...summarizeWarnings(fleet.directory),
    ...formatProblems(problems),
    problems.length === 0
      ? 'Every event was applied once, in the order of its subject, and every service has the right state.'
      : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}

/** One after the other, the emulator twice as often. */
function failures(fleet: Fleet, { log, options: { ends } }: ScenarioContext): FailureAction[] {
  const services = Object.keys(sizes).flatMap((name) => replicasOf(fleet, name).slice(0, ends));
  const emulator = fleet.events ? [fleet.events, fleet.events] : [];
  return [...services, ...emulator].map((process) => kill(process, log));
}

interface Databases {
  users: DataSource;
  jobs: DataSource;
}

async function openDatabases(fleet: Fleet, { closers }: ScenarioContext): Promise<Databases> {
  const open = async (name: string) => {
    const settings = readSettings(schemaSettings, fleet.variablesOf(name));
    return closers.add(await openPostgres(settings, { entities: [] })).source;
  };
  const databases = { users: await open('users'), jobs: await open('jobs') };
  await recordAppliedChanges(databases.jobs);
  return databases;
}

/** @returns the problems that remain, and the number of events */
async function waitUntilApplied(
  fleet: Fleet,
  ledger: EventLedger,
  { users, jobs }: Databases,
): Promise<{ problems: string[]; emitted: number }> {
  for (const deadline = performance.now() + limitMs; ;) {
    const emitted = await readEmitted(fleet);
    const problems = [
      ...ledgerProblems(emitted, await ledger.read()),
      ...(await appliedChangeProblems(jobs, emitted)),
      ...(await stateProblems(users, jobs)),
    ];
    if (problems.length === 0 || performance.now() > deadline) return { problems, emitted: emitted.length };
    await wait(1_000);
  }
}
