import { runsAllTests } from './config.js';

/**
 * The reason for which tests are skipped: a program that they need is missing.
 * @throws Error in CI (`CI=true`), where all tests run
 */
export function skipReason(missing: string | undefined): string | undefined {
  if (missing === undefined || !runsAllTests()) return missing;
  throw new Error(`${missing}, and with CI=true no test is skipped: install it (.ci/run lists the programs)`);
}
