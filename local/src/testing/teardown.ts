import { closeTestStores } from './current-stores.js';

/** Jest's global teardown, which must be a default export. */
export default function teardown(): Promise<void> {
  return closeTestStores();
}
