import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

test('reports every invalid variable at once and exits with 78', async () => {
  const program = launch('slow-service', {
    PORT: 'http',
    DRAIN_SECONDS: '-1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector',
  });
  expect(await program.exit).toBe(78);
  expect(program.output()).toMatch(/PORT: .*\n.*DRAIN_SECONDS: .*\n.*OTEL_EXPORTER_OTLP_ENDPOINT: /);
});

test('closes opened resources and exits with 1 if the service cannot open', async () => {
  const program = launch('broken-service', { PORT: '0' });
  expect(await program.exit).toBe(1);
  expect(program.output()).toContain('closed the first resource');
  expect(program.output()).toContain('the second resource is unreachable');
});

test('exits with 1 if its port is taken', async () => {
  const first = launch('slow-service', { PORT: '0' });
  const { port } = new URL(await first.url);
  const second = launch('slow-service', { PORT: port });
  expect(await second.exit).toBe(1);
  expect(second.output()).toContain('EADDRINUSE');
});

test('after SIGTERM finishes requests in flight, fails /ready, sends connection: close, closes its store and exits with 0', async () => {
  const program = launch('slow-service', { PORT: '0', DRAIN_DELAY_SECONDS: '3' });
  const url = await program.url;
  const slow = fetch(`${url}/slow?ms=700`);
  await fetch(`${url}/slow?ms=50`);
  program.child.kill('SIGTERM');
  await program.says('"msg":"draining"');
  const ready = await fetch(`${url}/ready`);
  expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ status: 'draining' })]);
  expect(ready.headers.get('connection')).toBe('close');
  expect(await (await slow).json()).toEqual({ waited: 700 });
  expect(await program.exit).toBe(0);
  expect(program.output()).toContain('closed the store');
});

test.each(['SIGTERM', 'SIGINT'] as const)('exits with 0 after %s also before it is ready', async (signal) => {
  const program = launch('waiting-service', { PORT: '0' });
  await program.says('waiting for the resource');
  program.child.kill(signal);
  expect(await program.exit).toBe(0);
});

test.each([
  ['shows its version', 'test', { service: 'slow', version: '1.2.3' }],
  ['does not show its version in production', 'production', { service: 'slow' }],
])('%s at /health and /ready', async (_, NODE_ENV, identity) => {
  const program = launch('slow-service', { PORT: '0', NODE_ENV, SERVICE_VERSION: '1.2.3' });
  const url = await program.url;
  const answers = await Promise.all(['/health', '/ready'].map(async (path) => (await fetch(`${url}${path}`)).json()));
  expect(answers).toEqual([
    { status: 'alive', ...identity },
    { status: 'ready', ...identity },
  ]);
});

test('terminates a request that exceeds DRAIN_SECONDS', async () => {
  const program = launch('slow-service', { PORT: '0', DRAIN_SECONDS: '0.2' });
  const slow = fetch(`${await program.url}/slow?ms=20000`).then(
    () => 'answered',
    () => 'cut',
  );
  await fetch(`${await program.url}/slow?ms=50`);
  program.child.kill('SIGTERM');
  expect(await slow).toBe('cut');
  expect(await program.exit).toBe(0);
});

test('logs an uncaught error, closes in order and exits with 1', async () => {
  const program = launch('slow-service', { PORT: '0' });
  void fetch(`${await program.url}/crash`).catch(() => undefined);
  expect(await program.exit).toBe(1);
  expect(program.output()).toContain('uncaught');
  expect(program.output()).toContain('closed the store');
});

function launch(fixture: string, variables: Record<string, string>) {
  const script = fileURLToPath(new URL(`fixtures/${fixture}.mjs`, import.meta.url));
  const env = { DRAIN_SECONDS: '5', DRAIN_DELAY_SECONDS: '0', ...variables };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const says = async (sentence: string) => {
    while (!text.includes(sentence)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`It ended without saying ${sentence}:\n${text}`);
      await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    }
  };
  return {
    child,
    says,
    output: () => text,
    exit: once(child, 'close').then(([code]) => code as number),
    get url() {
      return says('"msg":"ready"').then(() => /"url":"([^"]+)"/.exec(text)?.[1] ?? '');
    },
  };
}
