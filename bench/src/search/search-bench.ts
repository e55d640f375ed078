import { randomBytes } from 'node:crypto';
import { userCaller } from '@marquee/testkit/callers';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service } from '@marquee/jobs/service';
import { openTestStores } from '@marquee/local/testing/test-stores';
import { loadDataset } from './dataset.js';
import { searches, type Search } from './search-cases.js';
import { openRecordingStore } from './recording-store.js';

/** Profiles, and jobs. */
const size = 50_000;

/** Loads 50,000 profiles and 50,000 jobs and prints the latency of the first page of each search in milliseconds. */
export async function benchSearch(): Promise<void> {
  const stores = await openTestStores();
  const variables = { DATABASE_URL: stores.databaseUrl, DATABASE_SCHEMA: 'bench' };
  const key = randomBytes(32).toString('base64');
  const jobs = await startService(service, { ...variables, MEDIA_ID_KEY: key, WEBHOOK_KEYS: key });
  const store = await openRecordingStore(variables);
  try {
    print(`loading ${size} profiles and ${size} jobs`);
    await loadDataset(store.source, size);
    for (const search of searches) await measureLatencies(jobs, search, 5);
    print(['p50', 'p95', 'max'].map((name) => name.padStart(8)).join('') + '  first page of');
    for (const search of searches) print(line(search, await measureLatencies(jobs, search, 40)));
  } finally {
    await store.close();
    await jobs.close();
    await stores.close();
  }
}

/** @returns the sorted latencies of repeated requests for the same page, in milliseconds */
async function measureLatencies(jobs: TestService, { document, variables }: Search, rounds: number): Promise<number[]> {
  const caller = userCaller('HIRING_USER');
  const latencies: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const { errors } = await jobs.request(document, { caller, variables });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    latencies.push(performance.now() - start);
  }
  return latencies.sort((one, other) => one - other);
}

function line({ name }: Search, latencies: readonly number[]): string {
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return [0.5, 0.95, 1].map((share) => at(share).toFixed(1).padStart(8)).join('') + `  ${name}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
