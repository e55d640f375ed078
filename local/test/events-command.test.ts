import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createEvent, on } from '@marquee/chassis/events/domain-event';
import { startEventConsumer } from '@marquee/chassis/events/event-consumer';
import { Closers } from '@marquee/chassis/process/closers';
import { openLog } from '@marquee/chassis/telemetry/log';
import { showDeleted } from '@marquee/events/show-events';
import { emulatedEventVariables } from '@marquee/schema/event-channels';
import { type Subgraph, subgraphs } from '@marquee/schema/services';
import { service } from '@marquee/shows/service';
import { machineCaller } from '@marquee/testkit/callers';
import { type EventEmulator, openEventEmulator } from '@marquee/testkit/event-emulator';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { eventsCommand } from '../src/events-command/events-command.js';
import { queueOf } from '../src/events-command/event-store.js';

const closers = new Closers();
let emulator: EventEmulator;
let table: Record<string, string>;
let shows: TestService;
/** The subjects of the events that the consumer has applied. */
const received: string[] = [];

beforeAll(async () => {
  emulator = await openEventEmulator();
  closers.add({ close: () => emulator.close() });
  table = freshTable();
  shows = closers.add(await startService(service, variablesOf(subgraphOf('shows'))));
  closers.add(consume());
});
afterAll(() => closers.close());

test('tail prints the events of a service, and replay publishes them again', async () => {
  await change('importShows', { payload: [{ slug: 'show/phoenix', title: 'Phoenix' }] });
  await change('deleteShow', { slug: 'show/phoenix' });
  await until(async () => received.length === 1);
  await until(async () => !(await run('tail', '--service', 'shows')).join().includes('unsent'));
  const lines = await run('tail', '--service', 'shows');
  expect(lines.map((line) => line.split('  ').slice(1, 4))).toEqual([
    ['sent', 'shows.ShowChanged', 'show/phoenix'],
    ['sent', 'shows.ShowDeleted', 'show/phoenix'],
  ]);
  expect(await run('tail', '--service', 'shows', '--number', '1')).toEqual(lines.slice(1));
  expect(await run('replay', '2020-01-01T00:00:00Z', '--service', 'shows')).toEqual([
    'shows: 2 events are published again',
  ]);
});

test('dead-letters prints the events that a service could not apply, and returns them to its queue', async () => {
  const event = createEvent(showDeleted, { subject: 'show/dead', data: { slug: 'show/dead' } });
  await bury(JSON.stringify(event));
  const listed = [JSON.stringify(event), 'jobs: 1 dead letters'];
  expect(await run('dead-letters', '--service', 'jobs')).toEqual(listed);
  expect(await run('dead-letters', '--service', 'jobs')).toEqual(listed);
  expect((await run('dead-letters', '--service', 'jobs', '--replay'))[1]).toBe(
    'jobs: 1 dead letters are returned to its queue',
  );
  await until(async () => received.includes('show/dead'));
  expect(received).toContain('show/dead');
  expect(await run('dead-letters', '--service', 'jobs')).toEqual(['jobs: 0 dead letters']);
});

test.each([
  [['replay', 'yesterday'], 'replay needs a time'],
  [['tail', '--service', 'films'], 'There is no service "films"'],
  [['tail', '--number', 'many'], '--number needs a number'],
  [['erase'], 'usage: npm run events'],
])('the arguments %j are refused', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message);
});

async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  await eventsCommand(args, {
    variablesOf,
    print: (line) => void lines.push(line),
    stopping: new AbortController().signal,
  });
  return lines;
}

function variablesOf(subgraph: Subgraph): Record<string, string> {
  return { ...table, AWS_REGION: 'eu-central-1', ...emulatedEventVariables(subgraph, emulator.endpoint, 'command') };
}

function subgraphOf(wanted: string): Subgraph {
  return subgraphs.find(({ name }) => name === wanted)!;
}

function consume() {
  const reaction = on<{ slug: string }, void>(showDeleted, async ({ subject }) => void received.push(subject));
  return startEventConsumer({
    settings: queueOf(variablesOf(subgraphOf('jobs'))),
    inbox: { applyOnce: (_, apply) => apply().then(() => true) },
    reactions: [reaction],
    log: openLog('test', '0', 'silent'),
    check: () => Promise.resolve(),
  });
}

/** Adds a message to the dead-letter queue of jobs, which the relay of shows creates. */
async function bury(MessageBody: string): Promise<void> {
  const QueueUrl = queueOf(variablesOf(subgraphOf('jobs'))).EVENTS_QUEUE_URL?.replace('.fifo', '-dead.fifo');
  const message = { QueueUrl, MessageBody, MessageGroupId: 'show/dead', MessageDeduplicationId: 'dead' };
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
  const send = () => fetch(emulator.endpoint, { method: 'POST', headers, body: JSON.stringify(message) });
  await until(async () => (await send()).ok);
}

async function change(name: string, input: object): Promise<void> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { __typename } }`;
  const options = { caller: machineCaller('shows.read', 'shows.write'), variables: { input } };
  expect((await shows.request(document, options)).errors).toEqual([]);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds()) && Date.now() < deadline) await wait(100);
}
