import type * as Globals from '@jest/globals';

// What test files, and what they share, get for '@jest/globals'. Whoever imports these sees what they are now.
export let afterAll: typeof Globals.afterAll;
export let afterEach: typeof Globals.afterEach;
export let beforeAll: typeof Globals.beforeAll;
export let beforeEach: typeof Globals.beforeEach;
export let describe: typeof Globals.describe;
export let expect: typeof Globals.expect;
export let it: typeof Globals.it;
export let jest: typeof Globals.jest;
export let test: typeof Globals.test;

/** Says what `describe`, `test` and the like are from now on: those of the test file that is about to run. */
export function setGlobals(globals: typeof Globals): void {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globals);
}
