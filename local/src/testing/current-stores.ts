import type { TestStores } from './test-stores.js';

let current: TestStores | undefined;

/** Stores the test stores of this run for the teardown. */
export function setTestStores(stores: TestStores): void {
  current = stores;
}

/** Closes the test stores of this run, if any. */
export async function closeTestStores(): Promise<void> {
  await current?.close();
  current = undefined;
}
