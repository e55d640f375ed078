import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Driver } from '../clients/drive.js';
import type { Question } from '../clients/question.js';
import { openArena } from '../gateway/arena.js';
import type { Contender } from '../gateway/contenders/start.js';
import { questions } from '../gateway/questions.js';
import { rounded } from '../measuring/bars.js';
import { quantile } from '../measuring/spread.js';
import { textTable } from '../measuring/tables.js';
import { forgetPeak, peakMemory, residentMemory } from '../measuring/usage.js';

/**
 * What documents cost that nobody has sent before: how much operations that are known wait while a hundred new ones
 * arrive at once, and how much memory a flood of different documents leaves behind.
 *
 *   --bursts=10          of a hundred new operations each, a second apart
 *   --documents=100000   different ones
 */
export async function benchDocuments(args: string[]): Promise<void> {
  const options = {
    bursts: { type: 'string', default: '10' },
    documents: { type: 'string', default: '100000' },
  } as const;
  const { values } = parseArgs({ args, options });
  const arena = await openArena(['Marquee']);
  const [gateway] = arena.contenders as [Contender];
  // Each with connections of its own, so that nobody waits for one here.
  const [driver, other] = [new Driver(gateway.url, arena.tokens), new Driver(gateway.url, arena.tokens, 2 * atOnce)];
  try {
    await driver.warm(known, 2_000, 16);
    process.stdout.write(`${textTable(await measureBursts(driver, other, Number(values.bursts)))}\n\n`);
    process.stdout.write(`${textTable(await measureFlood(driver, gateway, Number(values.documents)))}\n`);
  } finally {
    await Promise.all([driver.close(), other.close()]);
    await arena.close();
  }
}

const known = questions.find(({ name }) => name === 'field') as Question;

const atOnce = 100;

/** Milliseconds between two requests of the known operation. */
const pace = 5;

async function measureBursts(driver: Driver, other: Driver, bursts: number): Promise<string[][]> {
  const quiet = await paced(driver, bursts * 1000);
  const [busy, fresh] = await Promise.all([paced(driver, bursts * 1000), burst(other, bursts)]);
  const row = (name: string, times: readonly number[]) => [
    name,
    ...[0.5, 0.99, 1].map((share) => rounded(quantile(times, share))),
  ];
  return [
    ['ms', 'p50', 'p99', 'longest'],
    row('known operations, alone', quiet),
    row(`known operations, beside ${bursts} bursts of ${atOnce} new ones`, busy),
    row('new operations', fresh),
    ['more at p99', '', rounded(quantile(busy, 0.99) - quantile(quiet, 0.99)), ''],
  ];
}

/** Sends the known operation at a steady pace, whether or not the one before is answered. */
async function paced(driver: Driver, milliseconds: number): Promise<number[]> {
  const sent: Promise<number>[] = [];
  const end = performance.now() + milliseconds;
  for (let turn = 0; performance.now() < end; turn += 1) {
    sent.push(timed(() => driver.ask(known, turn)));
    await wait(pace);
  }
  return Promise.all(sent);
}

let documents = 0;

async function burst(driver: Driver, bursts: number): Promise<number[]> {
  const times: Promise<number>[] = [];
  for (let count = 0; count < bursts; count += 1) {
    for (let one = 0; one < atOnce; one += 1) times.push(timed(() => driver.ask(fresh(), one)));
    await wait(1_000);
  }
  return Promise.all(times);
}

/** Of two services, and like no other before. */
function fresh(): Question {
  const number = ++documents;
  const document = `query Fresh${number}($page: Int!) {
    jobs(page: $page) { id title${number}: title poster { name${number}: displayName } show { title genre } }
    shows(page: $page) { slug addedBy { handle displayName } }
  }`;
  return { name: `fresh${number}`, document, variables: (turn) => ({ page: turn % 8 }) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Milliseconds that garbage has to go. */
const rest = 10_000;

async function measureFlood(driver: Driver, { pid }: Contender, count: number): Promise<string[][]> {
  const rows = [['', 'resident MB', 'peak MB']];
  const look = async (name: string): Promise<void> => {
    rows.push([name, rounded(await residentMemory(pid)), rounded(await peakMemory(pid))]);
    await forgetPeak(pid);
  };
  await look('before');
  for (let part = 1; part <= 5; part += 1) {
    await flood(driver, count / 5);
    await look(`${(part * count) / 5} different documents`);
  }
  await wait(rest);
  await look('at rest');
  return rows;
}

async function flood(driver: Driver, count: number): Promise<void> {
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) await driver.ask(small(), left);
  };
  await Promise.all(Array.from({ length: 16 }, client));
}

function small(): Question {
  const number = ++documents;
  const document = `query Small${number}($page: Int!) { headline${number}: headline(page: $page) me { handle } }`;
  return { name: `small${number}`, document, variables: (turn) => ({ page: turn % 8 }) };
}
