import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { skipReason } from './skip-reason.js';

/** A Redis server on a free port, without persistence. */
export interface RedisServer {
  url: string;
  /** Its process id now; it changes with each start. */
  pid(): number | undefined;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Runs a command, with quotes around arguments with spaces. Returns the reply as it was sent. */
  command(text: string): Promise<string>;
  /** Resolves when it has run all commands that were sent to it before. */
  processed(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds that Redis has to start. */
const startTimeoutMs = 120_000;

/** Why Redis is not available for tests; undefined if it is. @throws Error in CI, where it is required */
export function missingRedisReason(): string | undefined {
  const { error, status } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' });
  if (error) return skipReason('redis-server is not on PATH');
  return status === 0 ? undefined : skipReason(`redis-server --version ended with ${String(status)}`);
}

/** Starts a Redis server. @throws Error if it is not ready in time */
export async function openRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'redis-'));
  let server = await launch(port, directory);
  const kill = () => end(server);
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: () => server.pid,
    kill,
    async start() {
      server = await launch(port, directory);
    },
    command: (text) => run(text, port),
    // It reads the bytes that have arrived from all clients between accepting a client and the reply to it.
    processed: async () => void (await run('PING', port)),
    async close() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function launch(port: number, directory: string): Promise<ChildProcess> {
  const settings = { port, dir: directory, bind: '127.0.0.1', save: '', appendonly: 'no', maxmemory: '64mb' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const killAtExit = () => server.kill('SIGKILL');
  process.once('exit', killAtExit);
  server.once('exit', () => process.off('exit', killAtExit));
  try {
    await ready(server);
  } catch (failure) {
    await end(server);
    throw failure;
  }
  return server;
}

async function ready(server: ChildProcess): Promise<void> {
  const signal = AbortSignal.timeout(startTimeoutMs);
  let output = '';
  for (;;) {
    const [chunk] = (await Promise.race([
      once(server.stdout ?? server, 'data', { signal }),
      once(server, 'exit', { signal }).then(() => Promise.reject(new Error(`redis-server ended: ${output}`))),
    ])) as [Buffer];
    output += chunk.toString();
    if (output.includes('Ready to accept connections')) break;
  }
  server.stdout?.resume();
}

async function run(text: string, port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${text}\r\n`);
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return reply.toString();
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}
