import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const testkit = new URL('../../testkit/dist/', import.meta.url);

/** Looks for the programs in an environment that has none. */
function lookFor(CI: string): string[] {
  const script = `
    const { missingPgBouncerReason } = await import('${testkit.href}pgbouncer.js');
    const { missingNginxReason } = await import('${testkit.href}nginx.js');
    const { missingRedisReason } = await import('${testkit.href}redis-server.js');
    for (const reason of [missingPgBouncerReason, missingNginxReason, missingRedisReason])
      try { console.log(reason()); } catch ({ message }) { console.log('failed: ' + message); }`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { env: { PATH: '/nothing', CI }, encoding: 'utf8' });
  return (stdout + stderr).trim().split('\n');
}

test('tests of a missing program are skipped with a reason, and fail in CI', () => {
  const reasons = ['pgbouncer', 'nginx', 'redis-server'].map((program) => `${program} is not on PATH`);
  expect(lookFor('')).toEqual(reasons);
  const advice = 'and with CI=true no test is skipped: install it (.ci/run lists the programs)';
  expect(lookFor('true')).toEqual(reasons.map((reason) => `failed: ${reason}, ${advice}`));
});
