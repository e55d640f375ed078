import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../launcher/user-error.js';
import { openDrillFleet } from '../delivery-drill.js';
import { summarizeWarnings } from '../delivery-report.js';
import { createDrillUsers, startConversation } from '../drill-users.js';
import { createFailureReport } from '../store-failures/failure-report.js';
import { type StoreFailure, storeFailures as failuresOf } from '../store-failures/failure-table.js';
import { type FailureRecord, judgeFailure } from '../store-failures/failure-verdict.js';
import { startProbeLoad, waitUntilHealthy } from '../store-failures/probe-load.js';
import { createProbes, type ServiceProbe } from '../store-failures/service-probes.js';
import type { DrillReport, Scenario, ScenarioContext } from './scenario.js';

/** Milliseconds of load before each failure. */
const beforeMs = 3_000;

/** Every store fails in every way, one after the other, under a load of reads and writes of all services. */
export const storeFailures: Scenario = { name: 'stores', run: runStoreFailures };

async function runStoreFailures(context: ScenarioContext): Promise<DrillReport> {
  const sizes = { users: 1, jobs: 1, messaging: 1, shows: 1, gateway: 1 };
  const { fleet, stores } = await openDrillFleet({ sizes, subgraphTimeoutSeconds: 5 }, context);
  context.log('the fleet is running');
  const users = await createDrillUsers(fleet, 2);
  const [user] = users;
  if (!user) throw new Error('There is no user.');
  const probes = createProbes(fleet, user, await startConversation(fleet, users, 'Drill 1'));
  // The first requests of a process are slower.
  await startProbeLoad(probes, { label: 'start', reads: context.options.reads }).stop();
  const records: FailureRecord[] = [];
  for (const failure of chosenFailures(failuresOf(stores), context.options.failures))
    records.push(await injectFailure(failure, probes, context));
  const stored = new Map<string, ReadonlyMap<string, number>>();
  for (const probe of probes) stored.set(probe.service, await probe.stored());
  const verdicts = records.map((record) => judgeFailure(record, stored, context.options.slack));
  return createFailureReport(verdicts, summarizeWarnings(fleet.directory));
}

async function injectFailure(
  failure: StoreFailure,
  probes: readonly ServiceProbe[],
  { log, options: { scale, reads } }: ScenarioContext,
): Promise<FailureRecord> {
  log(`${failure.store}: ${failure.name}`);
  const load = startProbeLoad(probes, { label: `${failure.store} ${failure.name}`, reads });
  await wait(beforeMs * Math.min(1, 2 * scale));
  const begun = performance.now();
  await failure.begin();
  await wait(failure.seconds * 1_000 * scale);
  await failure.end();
  const ended = performance.now();
  await waitUntilHealthy(load);
  return { failure: { ...failure, seconds: failure.seconds * scale }, begun, ended, results: await load.stop() };
}

/** @param choice `store:failure`, or `store` for all of its failures, separated by commas; empty for all failures */
function chosenFailures(failures: readonly StoreFailure[], choice: string): StoreFailure[] {
  const names = choice.split(',').filter((name) => name !== '');
  const namesOf = ({ store, name }: StoreFailure) => [store, `${store}:${name}`];
  const unknown = names.find((name) => !failures.flatMap(namesOf).includes(name));
  if (unknown !== undefined)
    throw new UserError(`There is no failure "${unknown}", only ${failures.flatMap(namesOf).join(', ')}.`);
  return failures.filter((failure) => names.length === 0 || namesOf(failure).some((name) => names.includes(name)));
}
