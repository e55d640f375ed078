import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

/** What somebody met who asked in the meantime. */
export interface ProbeResult {
  /** Milliseconds that each answer took. */
  times: number[];
  /** Answers that were not right. */
  failed: number;
}

/** People who ask, each a few times a second, over connections that they keep. */
const people = 2;
const pause = 20;

/** Asks again and again while `meanwhile` lasts. */
export async function probeLatency(
  url: string,
  query: string,
  answer: string,
  meanwhile: Promise<unknown>,
): Promise<ProbeResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: people });
  const probed: ProbeResult = { times: [], failed: 0 };
  let going = true;
  const ask = async (): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const asked = { method: 'POST', path: pathname, headers, body: JSON.stringify({ query }) } as const;
    return (await pool.request(asked)).body.text();
  };
  const person = async (): Promise<void> => {
    while (going) {
      const started = performance.now();
      const text = await ask().catch(() => '');
      probed.times.push(performance.now() - started);
      if (!text.includes(answer)) probed.failed += 1;
      await wait(pause);
    }
  };
  const asking = Array.from({ length: people }, person);
  await meanwhile;
  going = false;
  await Promise.all(asking);
  await pool.close();
  return probed;
}
