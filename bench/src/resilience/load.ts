import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

/** What those met who asked the steady service. */
export interface Load {
  /** Milliseconds from when a request was sent to its answer. */
  times: number[];
  /** Answers that were not right. */
  failed: number;
}

/** Requests a second: the same whether answers come soon or late, so that one who fails at once asks no more often. */
const rates = { steady: 100, ill: 50 };

/** Asks both services for so many milliseconds. */
export async function load(url: string, milliseconds: number): Promise<Load> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 128 });
  const ask = (query: string) => answerOf(pool, pathname, query);
  const met: Load = { times: [], failed: 0 };
  const steady = async (): Promise<void> => {
    const sent = performance.now();
    const text = await ask('{ steady }').catch(() => '');
    met.times.push(performance.now() - sent);
    if (!text.includes('"steady":"steady"')) met.failed += 1;
  };
  await Promise.all([
    atRate(rates.steady, milliseconds, steady),
    atRate(rates.ill, milliseconds, () => ask('{ ill }').catch(() => '')),
  ]);
  await pool.close();
  return met;
}

/** Whether the service that was ill answers again. */
export async function isWell(url: string): Promise<boolean> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin);
  const text = await answerOf(pool, pathname, '{ ill }').catch(() => '');
  await pool.close();
  return text.includes('"ill":"ill"');
}

async function answerOf(pool: Pool, path: string, query: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const asked = { method: 'POST', path, headers, body: JSON.stringify({ query }) } as const;
  return (await pool.request(asked)).body.text();
}

/** Begins one at every tick, and waits for all of them in the end. */
async function atRate(rate: number, milliseconds: number, once: () => Promise<unknown>): Promise<void> {
  const begun: Promise<unknown>[] = [];
  const started = performance.now();
  for (let turn = 0; turn < (rate * milliseconds) / 1000; turn += 1) {
    const due = started + (turn * 1000) / rate;
    if (due > performance.now()) await wait(due - performance.now());
    begun.push(once());
  }
  await Promise.all(begun);
}
