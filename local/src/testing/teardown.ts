import { closeTestStores } from './current-stores.js';

/** What jest runs once after all tests. Its loader knows a default export only. */
export default function teardown(): Promise<void> {
  return closeTestStores();
}
