import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatFigure } from '../measuring/bar-chart.js';
import { startScript } from '../measuring/child-processes.js';
import { processorTime } from '../measuring/process-usage.js';
import { publishTable, saveResult } from '../measuring/published-results.js';
import { quantile } from '../measuring/quantile.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { openClients, type TransportClient } from './transport-clients.js';
import type { TransportPorts, TransportServerInput } from './transport-server-process.js';

/** Requests at a time: the fetches of a page. */
const concurrency = 9;

/** Bytes of a request and of a response. */
const size = 1_650;

/** The headers of a fetch. */
const headers = [
  ...['content-type', 'application/json', 'accept', 'application/json', 'x-marquee-timeout', '4850'],
  ...['x-marquee-caller', 'e'.repeat(350), 'x-request-id', '0123456789abcdef'],
];

/**
 * Compares ways to send the fetches of a page by the CPU time of the client and of the service. They alternate.
 *
 *   --rounds=10 --seconds=1
 *   --write   save the figures in bench/results/ and in bench/README.md
 */
export async function benchTransports(args: string[]): Promise<void> {
  const options = {
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  } as const;
  const { rounds, seconds, write } = parseArgs({ args, options }).values;
  const folder = await mkdtemp(join(tmpdir(), 'marquee-transports-'));
  const input: TransportServerInput = { socketPath: join(folder, 'socket'), size };
  const server = await startScript<TransportPorts>('transports/transport-server-process', input);
  const request = { headers, body: JSON.stringify({ query: 'q'.repeat(size) }) };
  const clients = openClients(server.message, input.socketPath, request);
  try {
    const table = await compare(clients, server.pid, { rounds: Number(rounds), seconds: Number(seconds) });
    process.stdout.write(`${textTable(table)}\n`);
    if (write) await saveResult('transports.txt', `${textTable(table)}\n`);
    if (write) await publishTable('bench transports', markdownTable(table));
  } finally {
    for (const client of clients) await client.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
}

/** CPU microseconds of a request. */
interface RequestCost {
  client: number;
  server: number;
}

/** Returns the rows of the table: the medians of all rounds. */
async function compare(
  clients: readonly TransportClient[],
  serverPid: number,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<string[][]> {
  const costs = new Map(clients.map((client) => [client, [] as RequestCost[]]));
  for (const client of clients) await sendFor(client, seconds);
  for (let round = 0; round < rounds; round += 1)
    for (const [client, all] of costs) all.push(await measure(client, serverPid, seconds));
  const rows = [...costs].map(([{ name }, all]) => [
    name,
    ...(['client', 'server'] as const).map((side) =>
      formatFigure(
        quantile(
          all.map((cost) => cost[side]),
          0.5,
        ),
      ),
    ),
  ]);
  return [['transport', 'client µs', 'service µs'], ...rows];
}

async function measure(client: TransportClient, serverPid: number, seconds: number): Promise<RequestCost> {
  const [before, own] = [await processorTime(serverPid), process.cpuUsage()];
  const requests = await sendFor(client, seconds);
  const { user, system } = process.cpuUsage(own);
  return {
    client: (user + system) / requests,
    server: (((await processorTime(serverPid)) - before) * 1000) / requests,
  };
}

/** Returns the number of requests. @throws Error if a response is not whole */
async function sendFor(client: TransportClient, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let requests = 0;
  const sender = async (): Promise<void> => {
    for (; performance.now() < end; requests += 1)
      if ((await client.send()).length < size) throw new Error(`${client.name} returned a part of a response.`);
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  return requests;
}
