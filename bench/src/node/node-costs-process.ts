/** Measures the CPU time of basic work on the Node that runs it, and prints it as JSON: microseconds by name. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Work {
  name: string;
  /** How often `run` does the work. */
  count: number;
  run(count: number): Promise<void> | void;
}

const rounds = 7;
const storage = new AsyncLocalStorage<{ id: number }>();
const page = JSON.stringify(
  Array.from({ length: 500 }, (_, id) => ({ id, title: `Show ${id}`, tags: ['a', 'b', 'c'] })),
);
const text = 'Curtain calls, encores and afterparties. '.repeat(250);

const works: readonly Work[] = [
  { name: '`await` of an async function', count: 200_000, run: awaitRepeatedly },
  {
    name: 'the same with `AsyncLocalStorage`',
    count: 200_000,
    run: (count) => storage.run({ id: 1 }, awaitRepeatedly, count),
  },
  { name: '`AsyncLocalStorage.run`', count: 200_000, run: enterRepeatedly },
  { name: '`JSON.parse` of a page', count: 500, run: (count) => repeat(count, () => JSON.parse(page)) },
  { name: 'HTTP request and response', count: 2_000, run: requestRepeatedly },
  { name: '`Intl.Segmenter`, 10,000 characters', count: 1, run: (count) => repeat(count, segment) },
];

const costs: [string, number][] = [];
for (const work of works) costs.push([work.name, await costOf(work)]);
process.stdout.write(JSON.stringify(Object.fromEntries(costs)));

/** The CPU time of one execution in microseconds: that of the cheapest round, since other processes only make it dearer. */
async function costOf({ count, run }: Work): Promise<number> {
  let lowest = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    await run(count);
    const { user, system } = process.cpuUsage(before);
    lowest = Math.min(lowest, (user + system) / count);
  }
  return lowest;
}

async function awaitRepeatedly(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await identity(index);
}

async function identity(value: number): Promise<number> {
  return value;
}

function enterRepeatedly(count: number): void {
  for (let id = 0; id < count; id += 1) storage.run({ id }, () => storage.getStore()?.id);
}

async function requestRepeatedly(count: number): Promise<void> {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  for (let index = 0; index < count; index += 1) {
    const sent = request({ host: '127.0.0.1', port, agent }).end();
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    await once(response.resume(), 'end');
  }
  agent.destroy();
  server.close();
}

function segment(): number {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length;
}

function repeat(count: number, work: () => unknown): void {
  for (let index = 0; index < count; index += 1) work();
}
