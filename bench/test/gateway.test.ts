import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Arena, openArena } from '../src/gateway/arena.js';
import { questions } from '../src/gateway/questions.js';
import { measureEvents, measureQuestion } from '../src/gateway/rounds.js';
import { underLoad } from '../src/load/main.js';

describe('what gateways cost is measured', () => {
  let arena: Arena;

  beforeAll(async () => {
    arena = await openArena();
  });

  afterAll(() => arena.close());

  const short = {
    names: ['Marquee', 'by hand'],
    rounds: 1,
    seconds: 0.1,
    concurrency: 2,
    warmth: { requests: 2, seconds: 0.1, eventSeconds: 0.1 },
  } as const;

  test.each(questions)('for $title, which all answer alike', async (question) => {
    const figures = await measureQuestion(question, { arena, ...short });
    expect(figures).toEqual([
      expect.objectContaining({ contender: 'Marquee', p50: expect.any(Number) }),
      expect.objectContaining({ contender: 'by hand', p50: expect.any(Number) }),
    ]);
    for (const { memory, perSecond } of figures) expect(Math.min(memory, perSecond)).toBeGreaterThan(0);
  });

  test('for an event that everyone gets', async () => {
    const figures = await measureEvents(3, { arena, ...short });
    expect(figures.map(({ contender }) => contender)).toEqual(['Marquee', 'by hand']);
    for (const { perSecond, p99 } of figures) expect(Math.min(perSecond, p99)).toBeGreaterThan(0);
  });

  test('for a load that does not wait: second by second, with why some of it failed', async () => {
    const { url } = await arena.enter('Marquee');
    const listeners = ['--clients=3', '--subscription=subscription { messageAdded { body } }'];
    const rate = ['--rate=20', '--seconds=1'];
    const report = await underLoad([`--url=${url}`, '--query={ headline(page: 1) }', ...rate, ...listeners]);
    expect(report).toMatch(/^second +answers +failures/);
    expect(report).toContain('20 answers; p50, p95, p99 and worst:');
    expect(await underLoad([`--url=${url}`, '--query={ nonsense }', ...rate, '--clients=0'])).toContain(
      'failures: 20 x BAD_USER_INPUT',
    );
  });
});
