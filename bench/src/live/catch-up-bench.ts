import { parseArgs } from 'node:util';
import { conversationIdOf, conversationItems, conversationTable } from '../amplification/conversations-loader.js';
import { putItems } from '../amplification/shows-loader.js';
import { LoadDriver } from '../clients/load-driver.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { openDocuments } from '../system/dynamo-documents.js';
import { processorTimes, timeBetween } from '../system/processor-times.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { catchUp } from './catch-up-client.js';

/** One catch-up of one client. */
interface CatchUpFigures {
  seconds: number;
  /** CPU milliseconds by process, those of the client included. */
  processor: ReadonlyMap<string, number>;
}

/** Makes an id that no seeded conversation has. */
const conversationIndex = 999_999;

/**
 * Measures how long a client that missed many messages takes to receive all of them in one subscription, each completed with
 * its sender by another service, and the CPU time of all processes.
 *
 *   --messages=10000 --participants=10 --rounds=3
 *   --write         save the figures in bench/results/ and in bench/README.md
 */
export async function benchCatchUp(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      write: { type: 'boolean', default: false },
      messages: { type: 'string', default: '10000' },
      participants: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const rounds = await measure(Number(options.messages), Number(options.participants), Number(options.rounds));
  const rows = tableOf(rounds);
  process.stdout.write(`${textTable(rows)}\n`);
  if (!options.write) return;
  await saveResult('catch-up.txt', `${textTable(rows)}\n`);
  await publishTable('bench catch-up', markdownTable(rows));
}

async function measure(messages: number, participants: number, rounds: number): Promise<CatchUpFigures[]> {
  const system = await startSystem();
  try {
    const token = await fillConversation(system, messages, participants);
    const figures: CatchUpFigures[] = [];
    for (let round = 0; round < rounds; round += 1) figures.push(await measureRound(system, token, messages));
    return figures;
  } finally {
    await system.close();
  }
}

async function measureRound(system: SystemUnderTest, token: string, messages: number): Promise<CatchUpFigures> {
  const before = await processorTimes(system.pids);
  const [client, started] = [process.cpuUsage(), performance.now()];
  await catchUp({ url: system.url, token, conversationId: conversationIdOf(conversationIndex) }, messages);
  const seconds = (performance.now() - started) / 1000;
  const { user, system: kernel } = process.cpuUsage(client);
  const spent = timeBetween(before, await processorTimes(system.pids));
  return { seconds, processor: new Map([...spent, ['client', (user + kernel) / 1000]]) };
}

/** Creates the participants and stores the messages. Returns the token of the first participant. */
async function fillConversation(system: SystemUnderTest, messages: number, participants: number): Promise<string> {
  const subs = Array.from({ length: participants }, (_, index) => `bench-${index + 1}`);
  const tokens = await Promise.all(subs.map((sub) => system.token(sub)));
  const driver = new LoadDriver(system.url, tokens);
  const { documents, close } = openDocuments(system);
  try {
    const ids: string[] = [];
    for (const turn of subs.keys()) ids.push(await ownId(driver, turn));
    await putItems(documents, conversationTable, conversationItems(conversationIndex, messages, ids));
    return tokens[0] ?? '';
  } finally {
    close();
    await driver.close();
  }
}

async function ownId(driver: LoadDriver, turn: number): Promise<string> {
  const text = await driver.request({ name: 'me', document: 'query Me { me { id } }', variables: () => ({}) }, turn);
  return (JSON.parse(text) as { data: { me: { id: string } } }).data.me.id;
}

function tableOf(rounds: readonly CatchUpFigures[]): string[][] {
  const names = [...new Set(rounds.flatMap(({ processor }) => [...processor.keys()]))];
  const used = names.filter((name) => rounds.some(({ processor }) => (processor.get(name) ?? 0) >= 50));
  const head = ['round', 'seconds', 'CPU s', ...used.map((name) => `${name} ms`)];
  const rows = rounds.map(({ seconds, processor }, index) => {
    const total = [...processor.values()].reduce((sum, time) => sum + time, 0) / 1000;
    return [String(index + 1), ...[seconds, total, ...used.map((name) => processor.get(name) ?? 0)].map(formatFigure)];
  });
  return [head, ...rows];
}
