import { publishTestStores } from '../config.js';
import { keepForTeardown } from './running.js';
import { openTestStores } from './stores.js';

/** What jest runs once before all tests. Its loader knows a default export only. */
export default async function setup(): Promise<void> {
  const stores = await openTestStores();
  publishTestStores(stores);
  keepForTeardown(stores);
}
