import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { missingRedisReason } from '@marquee/testkit/redis-server';
import type { Subscriber } from '../src/chaos/subscribers.js';
import { seededRandom } from '../src/chaos/seeded-random.js';
import { findProblems } from '../src/chaos/delivery-checks.js';

const program = fileURLToPath(new URL('../dist/chaos/main.js', import.meta.url));

const missing = missingRedisReason();
const withRedis = missing ? describe.skip : describe;
if (missing) process.stdout.write(`local/test/chaos.test.ts: the drill was skipped: ${missing}\n`);

withRedis('the chaos drill', () => {
  test('delivers every message exactly once and in order (short form)', async () => {
    const { code, output } = await runChaos('--short');
    expect(output).toContain('All subscribers received every message exactly once, in order and without errors.');
    for (const event of ['messaging-. is killed', 'gateway-. is terminated', 'redis is killed', 'supergraph 1'])
      expect(output).toMatch(new RegExp(event));
    expect(code).toBe(0);
  }, 240_000);
});

test('the chaos command rejects an unknown option and lists the valid ones', async () => {
  const { code, output } = await runChaos('--sead=7');
  expect(output).toContain('[--seed N]');
  expect(code).toBe(1);
});

test('random numbers are deterministic for a seed', () => {
  const order = (seed: number) => seededRandom(seed).shuffled([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(order(7)).toEqual(order(7));
  expect(order(7)).not.toEqual(order(8));
  expect(order(7).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

describe('the delivery check', () => {
  const whole = { sent: ['a', 'b', 'c'], stored: ['a', 'b', 'c'], received: [1, 2, 3] };

  test('reports no problem for a complete delivery', () => {
    expect(problems(whole)).toEqual([]);
  });

  test.each([
    ['an undelivered message', { received: [1, 2] }, 'is missing 1 of 3 messages'],
    ['a gap', { received: [1, 3] }, 'received sequence 3 instead of 2'],
    ['a duplicate', { received: [1, 2, 2, 3] }, 'received sequence 2 instead of 3'],
    ['a wrong order', { received: [2, 1, 3] }, 'received sequence 2 instead of 1'],
    ['a message that is stored twice', { stored: ['a', 'b', 'b', 'c'] }, 'has a duplicate message'],
    ['an acknowledged message that is not stored', { stored: ['a', 'b'] }, 'but the store has "undefined"'],
    ['an error', { errors: ['its stream ended with errors'] }, 'its stream ended with errors'],
  ])('reports %s', (_, change, problem) => {
    expect(problems({ ...whole, ...change })).toContainEqual(expect.stringContaining(problem));
  });
});

function problems(run: { sent: string[]; stored: string[]; received: number[]; errors?: string[] }): string[] {
  const conversationId = 'c1';
  const stored = run.stored.map((body, index) => ({ sequence: index + 1, body }));
  const subscriber: Subscriber = {
    name: 'subscriber 1',
    conversationId,
    received: run.received.map((sequence) => ({ sequence, body: run.stored[sequence - 1] ?? '', at: 0 })),
    errors: run.errors ?? [],
    connections: () => 1,
    close: () => undefined,
  };
  const sent = run.sent.map((body, index) => ({ conversationId, body, sequence: index + 1, answeredAt: 0 }));
  return findProblems({ sent, stored: new Map([[conversationId, stored]]), subscribers: [subscriber] });
}

async function runChaos(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output: output.join('') };
}
