import type * as Globals from '@jest/globals';

let current: Partial<typeof Globals> = {};

/** Says what `describe`, `test` and the like are from now on: those of the test file that is about to run. */
export function useGlobals(globals: typeof Globals): void {
  current = globals;
}

// What test files, and what they share, get for '@jest/globals'.
export const afterAll = forwarded('afterAll');
export const afterEach = forwarded('afterEach');
export const beforeAll = forwarded('beforeAll');
export const beforeEach = forwarded('beforeEach');
export const describe = forwarded('describe');
export const expect = forwarded('expect');
export const it = forwarded('it');
export const jest = forwarded('jest');
export const test = forwarded('test');

function forwarded(name: keyof typeof Globals): unknown {
  const target = () => current[name] as (...args: unknown[]) => unknown;
  return new Proxy(target, {
    apply: (_, __, args: unknown[]) => target()(...args),
    get: (_, property) => Reflect.get(target(), property) as unknown,
  });
}
