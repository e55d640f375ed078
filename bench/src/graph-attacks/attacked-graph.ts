import type { Closable } from '@marquee/chassis/process/closers';
import { freePort } from '@marquee/testkit/ports';
import { unlimitedLive } from '@marquee/testkit/unlimited-live';
import type { Outcomes } from '@marquee/testkit/floods/flood';
import { DataSource } from 'typeorm';
import { type CpuTimes, measureCpu } from '../amplification/cpu-meter.js';
import { fillStores } from '../amplification/fill-stores.js';
import type { StoreSizes } from '../amplification/store-sizes.js';
import { startScript } from '../measuring/child-processes.js';
import { peakMemory, resetPeakMemory } from '../measuring/process-usage.js';
import { processTrees } from '../system/processor-times.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import type { GraphAttackInput } from './graph-attacker-process.js';
import { observeRegularUse, type RegularUse } from './regular-use.js';
import { attackerSub, demotedSub, hiringSub, victimSub } from './user-attacks.js';

/** The whole graph with filled stores and the rate limits of production. */
export interface AttackedGraph extends Closable {
  /** Measures regular use for a time without an attack. */
  quietly(meanwhile: Promise<unknown>): Promise<RegularUse>;
  /** Runs an attack and measures regular use meanwhile. */
  attackWith(name: string, seconds: number): Promise<AttackFigures>;
}

export interface AttackFigures {
  use: RegularUse;
  /** Outcomes of the attacker's requests. */
  outcomes: Outcomes;
  /** How often a circuit breaker has opened since the start of the graph. */
  openedBreakers: number;
  /** Statements in Postgres that still run a second after the attack. */
  remainingStatements: number;
  /** Peak resident memory in MiB, by process. */
  memory: ReadonlyMap<string, number>;
  /** CPU milliseconds, by process. */
  cpu: CpuTimes;
}

/** The gateway's limits of production; the rest of the graph runs as `npm start` runs it. */
const productionLimits = {
  // The default of each.
  ...Object.fromEntries(Object.keys(unlimitedLive).map((name) => [name, undefined])),
  RATE_PER_CALLER: '50',
  RATE_PER_ADDRESS: '200',
  RATE_COST_PER_CALLER: '5000',
  RATE_COST_PER_ADDRESS: '20000',
  IN_FLIGHT_COST_PER_CALLER: '5000',
  IN_FLIGHT_COST_PER_ADDRESS: '20000',
};

/** Where the search for free ports begins: apart from other systems that start at the same time. */
const firstPort = 24_000;

const containers = ['gateway', 'users', 'jobs', 'messaging', 'shows'];

export async function openAttackedGraph(sizes: StoreSizes): Promise<AttackedGraph> {
  const metricsPort = await freePort();
  const system = await startSystem({ gateway: { ...productionLimits, METRICS_PORT: String(metricsPort) } }, firstPort);
  try {
    await fillStores(system, sizes);
    const users = [victimSub, attackerSub, hiringSub, demotedSub, 'dev-admin-001', 'dev-reviewer-001'];
    const tokens = Object.fromEntries(
      await Promise.all(users.map(async (sub) => [sub, await system.token(sub)] as const)),
    );
    return {
      quietly: (meanwhile) => observeRegularUse(system, meanwhile),
      attackWith: (name, seconds) => measureAttack(system, metricsPort, { url: system.url, tokens, name, seconds }),
      close: () => system.close(),
    };
  } catch (failure) {
    await system.close();
    throw failure;
  }
}

async function measureAttack(
  system: SystemUnderTest,
  metricsPort: number,
  input: GraphAttackInput,
): Promise<AttackFigures> {
  await resetPeaks(system);
  const attack = startScript<{ outcomes: Outcomes }>('graph-attacks/graph-attacker-process', input);
  let use: RegularUse | undefined;
  const cpu = await measureCpu(system.pids, async () => void (use = await observeRegularUse(system, attack)));
  const { message, close } = await attack;
  await close();
  return {
    use: use ?? { times: [], signInTimes: [], failures: [] },
    cpu,
    outcomes: message.outcomes,
    openedBreakers: await countOpenedBreakers(metricsPort),
    remainingStatements: await countStatements(system),
    memory: await readPeaks(system),
  };
}

async function resetPeaks(system: SystemUnderTest): Promise<void> {
  const pids = [...(await containerProcesses(system)).values()].flat();
  await Promise.all(pids.map((pid) => resetPeakMemory(pid).catch(() => undefined)));
}

/** The sum of the peaks of the processes in each container. */
async function readPeaks(system: SystemUnderTest): Promise<Map<string, number>> {
  const families = [...(await containerProcesses(system))];
  const peaks = families.map(async ([name, pids]) => {
    const each = await Promise.all(pids.map((pid) => peakMemory(pid).catch(() => 0)));
    return [name, each.reduce((sum, peak) => sum + peak, 0)] as const;
  });
  return new Map(await Promise.all(peaks));
}

/** The pids of each service and its child processes. */
function containerProcesses({ pids }: SystemUnderTest): Promise<Map<string, number[]>> {
  return processTrees(new Map(containers.map((name) => [name, pids.get(name) ?? 0])));
}

/** The sum of the counters of all services. @throws when the gateway does not report them */
async function countOpenedBreakers(metricsPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const opened = [...text.matchAll(/^marquee_breaker_changes_total\{.*state="open".*\} (\d+)/gm)];
  if (opened.length === 0) throw new Error('The gateway reports no circuit breakers.');
  return opened.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Statements of services that have run for longer than a second. Each role of Postgres sees only its own. */
async function countStatements(system: SystemUnderTest): Promise<number> {
  const counts = ['users', 'jobs'].map(async (service) => {
    const url = system.databaseVariables(service)['DATABASE_URL'] ?? '';
    const source = await new DataSource({ type: 'postgres', url }).initialize();
    const [{ count }] = await source.query<[{ count: number }]>(
      `select count(*)::integer as count from pg_stat_activity
       where state = 'active' and backend_type = 'client backend' and now() - query_start > interval '1 second'`,
    );
    await source.destroy();
    return count;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
