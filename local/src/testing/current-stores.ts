import type { TestStores } from './test-stores.js';

let current: TestStores | undefined;

/** Remembers the stores of this test run. */
export function setTestStores(stores: TestStores): void {
  current = stores;
}

/** Closes the remembered stores, if there are any. */
export async function closeTestStores(): Promise<void> {
  await current?.close();
  current = undefined;
}
