import type * as Globals from '@jest/globals';

// The module '@jest/globals' of natively loaded test files. Its live bindings change with each test file.
export let afterAll: typeof Globals.afterAll;
export let afterEach: typeof Globals.afterEach;
export let beforeAll: typeof Globals.beforeAll;
export let beforeEach: typeof Globals.beforeEach;
export let describe: typeof Globals.describe;
export let expect: typeof Globals.expect;
export let it: typeof Globals.it;
export let jest: typeof Globals.jest;
export let test: typeof Globals.test;

/** Sets the globals of the test file that runs next. */
export function setGlobals(globals: typeof Globals): void {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globals);
}
