import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('redacts tokens, emails, bodies, and the rows in errors of drivers', () => {
  const lines = logged(`
    const error = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(ada@secret.example)', parameters: ['hunter2'] });
    log.error({ err: error, authorization: 'Bearer hunter2', headers: { authorization: 'hunter2' }, request: { input: { email: 'ada@secret.example', body: 'hunter2' } } }, 'failed');
  `);
  expect(lines).not.toMatch(/hunter2|ada@secret/);
  expect(JSON.parse(lines)).toMatchObject({
    level: 'error',
    msg: 'failed',
    err: { code: '23505', message: 'duplicate key' },
  });
});

test('adds the request id to the lines of a request, and replaces an invalid id', () => {
  const [valid, invalid] = logged(`
    runInScope(createRequestScope('request-0001'), () => log.info('a'));
    runInScope(createRequestScope('x\\\\n"injected'), () => log.info('b'));
  `).split('\n');
  expect(JSON.parse(valid ?? '')).toMatchObject({ requestId: 'request-0001' });
  expect(JSON.parse(invalid ?? '').requestId).toMatch(/^[0-9a-f-]{36}$/);
});

/** Logs in a child process, since the log is written to stdout. */
function logged(statements: string): string {
  const script = `
    import { openLog } from '@marquee/chassis/telemetry/log';
    import { createRequestScope, runInScope } from '@marquee/chassis/telemetry/request-scope';
    const log = openLog('test', '0', 'info');
    ${statements}`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
}
