import { publishTestStores } from '../config.js';
import { setTestStores } from './current-stores.js';
import { openTestStores } from './test-stores.js';

/** Jest's global setup, which must be a default export. */
export default async function setup(): Promise<void> {
  const stores = await openTestStores();
  publishTestStores(stores);
  setTestStores(stores);
}
