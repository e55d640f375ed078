import { publishTestStores } from '../config.js';
import { setTestStores } from './current-stores.js';
import { openTestStores } from './test-stores.js';

/** What jest runs once before all tests. Its loader knows a default export only. */
export default async function setup(): Promise<void> {
  const stores = await openTestStores();
  publishTestStores(stores);
  setTestStores(stores);
}
