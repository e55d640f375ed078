import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import { LoadDriver } from '../clients/load-driver.js';
import { SubscriberPool } from '../clients/subscriber-pool.js';
import { formatFigure } from '../measuring/bar-chart.js';
import { residentMemory } from '../measuring/process-usage.js';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { processorTimes, timeBetween } from '../system/processor-times.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { loadQuietConversations } from './quiet-conversations.js';

/** The largest share of a core, in percent, that quiet streams may take. */
const limits: Readonly<Record<string, number>> = { messaging: 5, users: 5 };

/** Milliseconds until an interruption of Redis is noticed. */
const settleMs = 20_000;

/** Subscriptions have started when messaging takes at most this share of a core, in percent, for some seconds. */
const startedPercent = 10;

/** The measured subscriptions by the option `--of`. */
const documents: Readonly<Record<string, string>> = {
  messages: 'subscription Added($id: ID!) { messageAdded(conversationId: $id) { sequence body } }',
  inboxes: 'subscription Updated { conversationUpdated { id } }',
};

const send = 'mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';

/**
 * Measures the CPU time of private streams while no event occurs. Exits with 1 when a limit is exceeded.
 *
 *   --of=messages   or inboxes
 *   --streams=2000 --seconds=60
 *   --interrupted   without Redis during the measurement
 *   --write         save the figures in bench/results/ and in bench/README.md
 */
export async function benchQuiet(args: string[]): Promise<void> {
  const { values: options } = parseArgs({
    args,
    options: {
      of: { type: 'string', default: 'messages' },
      streams: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '60' },
      interrupted: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const document = documents[options.of];
  if (document === undefined) throw new Error(`--of: expected one of ${Object.keys(documents).join(', ')}.`);
  const { streams, seconds, interrupted } = options;
  const shares = await measure({ document, streams: Number(streams), seconds: Number(seconds), interrupted });
  const rows = tableOf(shares, options.interrupted);
  process.stdout.write(`${streams} streams of ${options.of}\n${textTable(rows)}\n`);
  if (!options.write) return;
  await saveResult(`quiet-${options.of}.txt`, `${streams} streams of ${options.of}\n${textTable(rows)}\n`);
  await publishTable(`bench quiet ${options.of}`, `${streams} streams of ${options.of}:\n\n${markdownTable(rows)}`);
}

interface ProcessShare {
  name: string;
  /** Percent of a core. */
  processor: number;
  /** Resident MB. */
  memory: number;
}

interface QuietOptions {
  document: string;
  streams: number;
  seconds: number;
  interrupted: boolean;
}

async function measure({ document, streams, seconds, interrupted }: QuietOptions): Promise<ProcessShare[]> {
  const redis = await openRedisServer();
  const gateway = { CONNECTIONS: '40000' };
  const system = await startSystem({ redisUrl: redis.url, gateway });
  try {
    const quiet = await subscribe(system, document, streams);
    await untilStarted(system);
    if (interrupted) await interrupt(redis);
    const shares = await observe(system, seconds);
    await checkStreams(system, quiet);
    await quiet.subscribers.close();
    return shares;
  } finally {
    await system.close();
    await redis.close();
  }
}

/** Subscriptions are not acknowledged. */
async function untilStarted(system: SystemUnderTest): Promise<void> {
  const share = async () => (await observe(system, 10)).find(({ name }) => name === 'messaging')?.processor ?? 0;
  while ((await share()) > startedPercent);
}

/** Waits until the messaging service polls at the short interval. */
async function interrupt(redis: RedisServer): Promise<void> {
  await redis.kill();
  await wait(settleMs);
}

interface QuietStreams {
  subscribers: SubscriberPool;
  /** By stream, like the tokens. */
  conversationIds: string[];
  tokens: string[];
}

async function subscribe(system: SystemUnderTest, document: string, streams: number): Promise<QuietStreams> {
  const conversations = await loadQuietConversations(system, streams);
  const tokens = await mapWithConcurrency(conversations, 8, ({ sub }) => system.token(sub));
  const conversationIds = conversations.map(({ id }) => id);
  const variables = (index: number) => (document.includes('$id') ? { id: conversationIds[index] } : {});
  const subscribers = await SubscriberPool.open({ url: system.url, document, variables, tokens }, streams);
  return { subscribers, conversationIds, tokens };
}

/** Sends a message to one in a hundred streams. @throws Error if one does not arrive */
async function checkStreams(system: SystemUnderTest, { subscribers, conversationIds, tokens }: QuietStreams) {
  const driver = new LoadDriver(system.url, tokens);
  const checked = conversationIds.flatMap((id, index) => (index % 100 === 0 ? [{ id, index }] : []));
  await mapWithConcurrency(checked, 4, async ({ id, index }) => {
    const variables = () => ({ input: { conversationId: id, body: 'Are you there?' } });
    await driver.request({ name: 'Send', document: send, variables }, index);
  });
  for (const deadline = performance.now() + 30_000; subscribers.delivered < checked.length; await wait(50))
    if (performance.now() > deadline)
      throw new Error(`${subscribers.delivered} of ${checked.length} messages arrived.`);
  await driver.close();
}

async function observe({ pids }: SystemUnderTest, seconds: number): Promise<ProcessShare[]> {
  const before = await processorTimes(pids);
  await wait(seconds * 1000);
  const spent = timeBetween(before, await processorTimes(pids));
  const shares = [...pids].map(async ([name, pid]) => {
    const processor = (spent.get(name) ?? NaN) / seconds / 10;
    return { name, processor, memory: await residentMemory(pid) };
  });
  return Promise.all(shares);
}

function tableOf(shares: readonly ProcessShare[], interrupted: boolean): string[][] {
  const rows = shares.map(({ name, processor, memory }) => {
    const limit = interrupted ? undefined : limits[name];
    const isWithin = limit === undefined || processor <= limit;
    if (!isWithin) process.exitCode = 1;
    const verdict = limit === undefined ? '' : isWithin ? 'ok' : 'FAILED';
    return [name, formatFigure(processor), formatFigure(memory), verdict];
  });
  return [['process', '% of a core', 'resident MB', ''], ...rows];
}
