import type { TestStores } from './stores.js';

let running: TestStores | undefined;

/** Remembers the stores of this test run. */
export function keepForTeardown(stores: TestStores): void {
  running = stores;
}

/** Closes the remembered stores, if there are any. */
export async function closeTestStores(): Promise<void> {
  await running?.close();
  running = undefined;
}
