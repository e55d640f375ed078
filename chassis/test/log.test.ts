import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('no log line carries a token, an email, a body or the row that a driver complains of', () => {
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

test('a line that is written for a request carries its id; a strange id is replaced', () => {
  const [given, strange] = logged(`
    withinRequest(requestScope('request-0001'), () => log.info('a'));
    withinRequest(requestScope('x\\\\n"injected'), () => log.info('b'));
  `).split('\n');
  expect(JSON.parse(given ?? '')).toMatchObject({ requestId: 'request-0001' });
  expect(JSON.parse(strange ?? '').requestId).toMatch(/^[0-9a-f-]{36}$/);
});

/** The log goes to the stdout of a process, so a process writes it. */
function logged(statements: string): string {
  const script = `
    import { openLog } from '@marquee/chassis/telemetry/log';
    import { requestScope, withinRequest } from '@marquee/chassis/telemetry/request';
    const log = openLog('test', '0', 'info');
    ${statements}`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
}
