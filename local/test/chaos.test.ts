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
if (missing) process.stdout.write(`local/test/chaos.test.ts: the drill did not run: ${missing}\n`);

withRedis('the drill', () => {
  test('in its short form ends with every message at everybody, in sequence and once', async () => {
    const { code, output } = await drill('--short');
    expect(output).toContain('Everybody got every message, in sequence, none twice, and no error.');
    for (const what of ['messaging-. is killed', 'gateway-. is terminated', 'redis is killed', 'supergraph 1'])
      expect(output).toMatch(new RegExp(what));
    expect(code).toBe(0);
  }, 240_000);
});

test('an option that there is not is refused with those that there are', async () => {
  const { code, output } = await drill('--sead=7');
  expect(output).toContain('[--seed N]');
  expect(code).toBe(1);
});

test('chance is the same for the same seed', () => {
  const order = (seed: number) => seededRandom(seed).shuffled([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(order(7)).toEqual(order(7));
  expect(order(7)).not.toEqual(order(8));
  expect(order(7).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

describe('the verdict', () => {
  const whole = { sent: ['a', 'b', 'c'], stored: ['a', 'b', 'c'], received: [1, 2, 3] };

  test('finds nothing where all is well', () => {
    expect(problems(whole)).toEqual([]);
  });

  test.each([
    ['a message that nobody got', { received: [1, 2] }, 'lacks 1 of 3 messages'],
    ['a hole', { received: [1, 3] }, 'got sequence 3 in place of 2'],
    ['a repeat', { received: [1, 2, 2, 3] }, 'got sequence 2 in place of 3'],
    ['another order', { received: [2, 1, 3] }, 'got sequence 2 in place of 1'],
    ['a message that is stored twice', { stored: ['a', 'b', 'b', 'c'] }, 'has a message twice'],
    ['a message that was answered and is not stored', { stored: ['a', 'b'] }, 'where the store has "undefined"'],
    ['an error', { faults: ['its stream ended with errors'] }, 'its stream ended with errors'],
  ])('finds %s', (_, change, problem) => {
    expect(problems({ ...whole, ...change })).toContainEqual(expect.stringContaining(problem));
  });
});

function problems(run: { sent: string[]; stored: string[]; received: number[]; faults?: string[] }): string[] {
  const conversationId = 'c1';
  const stored = run.stored.map((body, index) => ({ sequence: index + 1, body }));
  const listener: Subscriber = {
    name: 'listener 1',
    conversationId,
    received: run.received.map((sequence) => ({ sequence, body: run.stored[sequence - 1] ?? '', at: 0 })),
    errors: run.faults ?? [],
    connections: () => 1,
    close: () => undefined,
  };
  const sent = run.sent.map((body, index) => ({ conversationId, body, sequence: index + 1, answeredAt: 0 }));
  return findProblems({ sent, stored: new Map([[conversationId, stored]]), listeners: [listener] });
}

async function drill(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output: said.join('') };
}
