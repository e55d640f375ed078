import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

/** The experience of regular clients during a measurement. */
export interface ProbeResult {
  /** Milliseconds that each response took. */
  times: number[];
  /** Responses that were missing or wrong. */
  failed: number;
}

/** Clients, each with a persistent connection, and the milliseconds between its requests. */
const clientCount = 2;
const intervalMs = 20;

/** Queries repeatedly until `meanwhile` settles. @param expected a part of the correct response */
export async function probeLatency(
  url: string,
  query: string,
  expected: string,
  meanwhile: Promise<unknown>,
): Promise<ProbeResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: clientCount });
  const result: ProbeResult = { times: [], failed: 0 };
  let isRunning = true;
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', path: pathname, headers, body: JSON.stringify({ query }) } as const;
  const send = async (): Promise<string> => (await pool.request(request)).body.text();
  const client = async (): Promise<void> => {
    while (isRunning) {
      const started = performance.now();
      const text = await send().catch(() => '');
      result.times.push(performance.now() - started);
      if (!text.includes(expected)) result.failed += 1;
      await wait(intervalMs);
    }
  };
  const clients = Array.from({ length: clientCount }, client);
  await meanwhile;
  isRunning = false;
  await Promise.all(clients);
  await pool.close();
  return result;
}
