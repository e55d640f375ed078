import { setTimeout as wait } from 'node:timers/promises';
import { LoadDriver } from '../clients/load-driver.js';
import type { SystemUnderTest } from '../system/system-under-test.js';

/** The measured subscription. The users service resolves who added the show. */
export const showChanged = `subscription Changed($after: Int) {
  showChanged(after: $after) { title changeCursor addedBy { displayName } }
}`;

/** An event of the subscription. */
export interface ShowChanged {
  title: string;
  changeCursor: number;
  addedBy: { displayName: string } | null;
}

/** A show with the number of its last change in the title. */
export interface ChangedShow {
  /** Changes the show. @returns the number of the change, which counts from 1 */
  change(): Promise<number>;
  /** The number of the next change. */
  next(): number;
  close(): Promise<void>;
}

const slug = 'show/crowd';

const importShows = `mutation Import($input: ImportShowsInput!) {
  importShows(input: $input) { results { __typename } }
}`;

const updateShow = `mutation Update($input: UpdateShowInput!) {
  updateShow(input: $input) { show { slug } }
}`;

const readTitle = 'query Title($slug: ID!) { show(slug: $slug) { title } }';

/** A gateway to which thousands of clients connect may not answer the first requests in time. */
const maxAttempts = 20;
const retryPauseMs = 500;

/** Imports the show, as an admin. */
export async function openChangedShow(system: SystemUnderTest): Promise<ChangedShow> {
  const driver = new LoadDriver(system.url, [await system.token('dev-admin-001')]);
  let changes = 0;
  await send('Import', importShows, { input: { payload: [{ slug, title: 'Unchanged' }] } });
  return {
    async change() {
      changes += 1;
      const change = changes;
      await setTitle(`Change ${change}`);
      return change;
    },
    next: () => changes + 1,
    close: () => driver.close(),
  };

  /** Repeats a failed request only if it had no effect, because each request is an event. */
  async function setTitle(title: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (attempt > 1 && (await send('Title', readTitle, { slug })).includes(JSON.stringify(title))) return;
        return void (await send('Update', updateShow, { input: { slug, title } }));
      } catch (failure) {
        if (attempt === maxAttempts) throw failure;
      }
      await wait(retryPauseMs);
    }
  }

  function send(name: string, document: string, variables: Record<string, unknown>): Promise<string> {
    return driver.request({ name, document, variables: () => variables }, 0);
  }
}

/** The number of the change in a title; undefined for an event of another show. */
export function changeIn(title: string): number | undefined {
  const [, number] = /^Change (\d+)$/.exec(title) ?? [];
  return number === undefined ? undefined : Number(number);
}
