import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { missingRedisReason } from '@marquee/testkit/redis-server';
import { findProblems } from '../src/chaos/delivery-checks.js';
import { ledgerProblems } from '../src/chaos/events/event-verdict.js';
import type { MessageContent } from '../src/chaos/message-content.js';
import { seededRandom } from '@marquee/testkit/seeded-random';
import { judgeFailure } from '../src/chaos/store-failures/failure-verdict.js';
import type { ProbeResult } from '../src/chaos/store-failures/probe-load.js';
import type { Subscriber } from '../src/chaos/subscribers.js';

const program = fileURLToPath(new URL('../dist/chaos/main.js', import.meta.url));

const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing) process.stdout.write(`local/test/chaos.test.ts: the drill was skipped: ${missing}\n`);

withRedis('the chaos drill', () => {
  test('delivers every message exactly once and in order (short form)', async () => {
    const { code, output } = await runChaos('restarts', '--short');
    expect(output).toContain('All subscribers received every message exactly once, in order, complete');
    for (const event of ['messaging-. is killed', 'gateway-. is terminated', 'redis is killed', 'supergraph 1'])
      expect(output).toMatch(new RegExp(event));
    expect(code).toBe(0);
  }, 600_000);

  test('finds other services unaffected and no write lost while a store is silent or resets connections', async () => {
    const { code, output } = await runChaos('stores', '--short');
    expect(output).toContain('Other services were unaffected, and no write was lost or doubled.');
    for (const failure of ['| postgres | silent, 1.8 s', '| dynamodb | reset, 0.3 s'])
      expect(output).toContain(failure);
    expect(code).toBe(0);
  }, 600_000);

  test('applies every event once and in order while services and the emulator of SNS and SQS are killed', async () => {
    const { code, output } = await runChaos('events', '--short');
    expect(output).toContain('Every event was applied once, in the order of its subject');
    for (const name of ['users-1', 'jobs-1', 'messaging-1', 'shows-1', 'events'])
      expect(output).toContain(`${name} is killed`);
    expect(code).toBe(0);
  }, 600_000);
});

test.each([
  ['option', '--sead=7', '[--seed N]'],
  ['scenario', 'restart', 'scenarios: restarts, users'],
])('the chaos command rejects an unknown %s and lists the valid ones', async (_, argument, expected) => {
  const { code, output } = await runChaos(argument);
  expect(output).toContain(expected);
  expect(code).toBe(1);
});

test('random numbers are deterministic for a seed', () => {
  const order = (seed: number) => seededRandom(seed).shuffled([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(order(7)).toEqual(order(7));
  expect(order(7)).not.toEqual(order(8));
  expect(order(7).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test.each([
  ['all events', ['a1', 'a2', 'b1'], []],
  ['a subject that overtakes another one', ['b1', 'a1', 'a2'], []],
  ['a missing event', ['a1', 'b1'], ['users a: 1 of 2 events are missing']],
  ['an event that was applied twice', ['a1', 'a2', 'a1', 'b1'], ['users a: 1 events were applied twice']],
  ['another order of a subject', ['a2', 'a1', 'b1'], ['users a: events were applied in another order']],
  ['an event that was not emitted', ['a1', 'a2', 'b1', 'c1'], ['users c: events were applied that no service emitted']],
])('the ledger check reports %s', (_, applied, problems) => {
  const entries = (ids: string[]) => ids.map((id) => ({ id, source: 'users', subject: id.slice(0, 1) }));
  expect(ledgerProblems(entries(['a1', 'a2', 'b1']), entries(applied))).toEqual(problems);
});

describe('the delivery check', () => {
  const whole: TestRun = { sent: [1, 2, 3], stored: [1, 2, 3], received: [1, 2, 3] };

  test('reports no problem for a complete delivery', () => {
    expect(problems(whole)).toEqual([]);
  });

  test.each<[string, Partial<TestRun>, string]>([
    ['an undelivered message', { received: [1, 2] }, 'is missing 1 of 3 messages'],
    ['a gap', { received: [1, 3] }, 'received 3 "drill-1 says 3"'],
    ['a duplicate', { received: [1, 2, 2, 3] }, 'received 2 "drill-1 says 2"'],
    ['a wrong order', { received: [2, 1, 3] }, 'received 2 "drill-1 says 2"'],
    ['a message that is stored twice', { stored: [1, 2, 2, 3] }, 'has a duplicate message'],
    ['an acknowledged message that is not stored', { stored: [1, 2] }, 'but the store has "undefined"'],
    ['an error', { errors: ['its stream ended with errors'] }, 'its stream ended with errors'],
    ['an event without its sender', { change: { sender: null } }, 'by nobody known about Drill 1 instead of'],
    ['an event without its job', { change: { conversation: { job: null } } }, 'about no job instead of'],
  ])('reports %s', (_, change, problem) => {
    expect(problems({ ...whole, ...change })).toContainEqual(expect.stringContaining(problem));
  });
});

/** Sequences of messages. */
interface TestRun {
  sent: number[];
  stored: number[];
  received: number[];
  errors?: string[];
  /** Different fields of the last received message. */
  change?: Partial<MessageContent>;
}

function problems({ sent, stored, received, errors = [], change = {} }: TestRun): string[] {
  const conversationId = 'c1';
  const content = (number: number, index: number): MessageContent => ({
    sequence: index + 1,
    body: `drill-1 says ${number}`,
    sender: { displayName: 'Name of drill-1' },
    conversation: { job: { title: 'Drill 1' } },
  });
  const last = received.length - 1;
  const subscriber: Subscriber = {
    name: 'subscriber 1',
    conversationId,
    received: received.map((number, index) => ({
      ...content(number, number - 1),
      ...(index === last && change),
      at: 0,
    })),
    errors,
    connections: () => 1,
    close: () => undefined,
  };
  const messages = sent.map((number, index) => ({ conversationId, ...content(number, index), answeredAt: 0 }));
  return findProblems({
    sent: messages,
    stored: new Map([[conversationId, stored.map(content)]]),
    subscribers: [subscriber],
  });
}

describe('the verdict on a failure of a store', () => {
  const failure = { store: 'postgres', name: 'silent', seconds: 6, begin: () => 0, end: () => 0 } as const;
  const [begun, ended] = [10_000, 16_000];
  const read = { service: 'shows', kind: 'read', at: begun + 1, ms: 20, codes: [] } as const;
  const write = { ...read, service: 'users', kind: 'write', text: 'one' } as const;
  const before = { ...read, at: begun - 1 };

  test('is without problems if only its own services fail, and only until it ends', () => {
    const failed = { ...write, codes: ['UPSTREAM_UNAVAILABLE'] };
    expect(verdict([before, read, failed, { ...write, text: 'two' }], { two: 1 })).toEqual([]);
  });

  test.each<[string, ProbeResult[], Record<string, number>, string]>([
    ['an acknowledged write that is not stored', [write], {}, '1 acknowledged writes are not stored'],
    ['a doubled write', [{ ...write, codes: ['UPSTREAM_UNAVAILABLE'] }], { one: 2 }, '1 writes are stored twice'],
    ['INTERNAL', [{ ...write, codes: ['INTERNAL'] }], {}, 'a write of users was answered with INTERNAL'],
    ['an error of another service', [{ ...read, codes: ['UPSTREAM_UNAVAILABLE'] }], {}, 'a read of shows was answered'],
    ['slow reads of other services', [before, { ...read, ms: 1_000 }], {}, 'grew from 20 to 1000 ms'],
    [
      'a late recovery',
      [{ ...write, at: ended + 5_101, codes: ['UPSTREAM_UNAVAILABLE'] }],
      {},
      'requests still failed after 5101 ms',
    ],
  ])('reports %s', (_, results, stored, problem) => {
    expect(verdict(results, stored)).toEqual([expect.stringContaining(problem)]);
  });

  function verdict(results: ProbeResult[], stored: Record<string, number>): readonly string[] {
    const texts = new Map([['users', new Map(Object.entries(stored))]]);
    return judgeFailure({ failure, begun, ended, results }, texts, 100).problems;
  }
});

async function runChaos(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output: output.join('') };
}
