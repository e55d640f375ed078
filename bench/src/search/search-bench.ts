import { randomBytes } from 'node:crypto';
import { userCaller } from '@marquee/testkit/callers';
import { startService, type TestService } from '@marquee/testkit/service';
import { service } from '@marquee/jobs/service';
import { openTestStores } from '@marquee/local/testing/test-stores';
import { loadDataset } from './dataset.js';
import { searches, type Search } from './search-cases.js';
import { openRecordingStore } from './recording-store.js';

/** Loads a crowd of 50,000 profiles and 50,000 jobs and prints how long first pages take, in milliseconds. */
const size = 50_000;

await measure();

async function measure(): Promise<void> {
  const stores = await openTestStores();
  const variables = { DATABASE_URL: stores.databaseUrl, DATABASE_SCHEMA: 'bench' };
  const jobs = await startService(service, { ...variables, MEDIA_ID_KEY: randomBytes(32).toString('base64') });
  const watched = await openRecordingStore(variables);
  try {
    say(`loading ${size} profiles and ${size} jobs`);
    await loadDataset(watched.source, size);
    for (const search of searches) await times(jobs, search, 5);
    say(['p50', 'p95', 'worst'].map((name) => name.padStart(8)).join('') + '  first page of');
    for (const search of searches) say(line(search, await times(jobs, search, 40)));
  } finally {
    await watched.close();
    await jobs.close();
    await stores.close();
  }
}

/** How long the same page takes, again and again; sorted. */
async function times(jobs: TestService, { document, variables }: Search, rounds: number): Promise<number[]> {
  const caller = userCaller('HIRING_USER');
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const { errors } = await jobs.ask(document, { caller, variables });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    taken.push(performance.now() - start);
  }
  return taken.sort((one, other) => one - other);
}

function line({ name }: Search, taken: readonly number[]): string {
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0;
  return [0.5, 0.95, 1].map((share) => at(share).toFixed(1).padStart(8)).join('') + `  ${name}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
