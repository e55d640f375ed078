import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { quantile } from '../measuring/quantile.js';
import { textTable } from '../measuring/tables.js';
import { processorTimes, timeBetween } from '../system/processor-times.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { page } from './page-operation.js';

const warmUpRequests = 400;
const concurrency = 4;
const secondsPerTurn = 2;

/** What one build spent so far. */
interface Account {
  system: SystemUnderTest;
  driver: LoadDriver;
  /** CPU milliseconds by process. */
  times: Map<string, number>;
  latencies: number[];
}

/**
 * Compares the page of this build with that of another checkout. Both graphs run at the same time, and requests go to them
 * in turns, so that both meet the same state of the machine. Prints CPU milliseconds per page, and their ratio.
 *
 * @param before the root of the other checkout, which must be built
 */
export async function compareBuilds(before: string, rounds: number): Promise<void> {
  const accounts: Account[] = [];
  try {
    accounts.push(await openAccount(await startOther(before)), await openAccount(await startSystem({}, 22_000)));
    for (const { driver } of accounts) await driver.warm(page, warmUpRequests, concurrency);
    for (let round = 0; round < rounds; round += 1)
      // The build that is second in a round is first in the next one.
      for (const account of round % 2 === 0 ? accounts : accounts.toReversed()) await takeTurn(account);
    process.stdout.write(`${textTable(rowsOf(accounts))}\n`);
  } finally {
    for (const { driver, system } of accounts) {
      await driver.close();
      await system.close();
    }
  }
}

/** The programs of the other build start from its own folder. */
async function startOther(root: string): Promise<SystemUnderTest> {
  const { href } = pathToFileURL(join(resolve(root), 'bench/dist/system/system-under-test.js'));
  const other = (await import(href)) as { startSystem: typeof startSystem };
  return other.startSystem({}, 21_000);
}

async function openAccount(system: SystemUnderTest): Promise<Account> {
  const driver = new LoadDriver(system.url, [await system.token('dev-hiring-001')]);
  return { system, driver, times: new Map(), latencies: [] };
}

async function takeTurn({ system, driver, times, latencies }: Account): Promise<void> {
  const started = await processorTimes(system.pids);
  const { latencies: measured } = await driver.run(page, secondsPerTurn, concurrency);
  for (const [name, time] of timeBetween(started, await processorTimes(system.pids)))
    times.set(name, (times.get(name) ?? 0) + time);
  latencies.push(...measured);
}

function rowsOf(accounts: readonly Account[]): string[][] {
  const names = [...(accounts[0]?.times.keys() ?? [])].filter((name) => name !== 'issuer');
  const cpu = names.map((name) =>
    compared(
      name,
      accounts,
      perPage(({ times }) => times.get(name) ?? 0),
    ),
  );
  const all = perPage(({ times }) => names.reduce((sum, name) => sum + (times.get(name) ?? 0), 0));
  return [
    ['CPU ms per page', 'before', 'this build', 'ratio'],
    ...cpu,
    compared('all processes', accounts, all),
    compared('p50 ms', accounts, ({ latencies }) => quantile(latencies, 0.5)),
    compared('p99 ms', accounts, ({ latencies }) => quantile(latencies, 0.99)),
  ];
}

function perPage(timeOf: (account: Account) => number): (account: Account) => number {
  return (account) => timeOf(account) / account.latencies.length;
}

function compared(label: string, accounts: readonly Account[], figureOf: (account: Account) => number): string[] {
  const [before = 0, now = 0] = accounts.map(figureOf);
  return [label, formatFigure(before), formatFigure(now), (now / before).toFixed(2)];
}
