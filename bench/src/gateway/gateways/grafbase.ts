/** Grafbase's gateway, written in Rust, which composes the subgraphs itself. It exists for Linux on x86-64 only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@marquee/testkit/ports';
import type { Child } from '../../measuring/child-processes.js';
import { subgraphSdl } from '../../stub-subgraphs/stub-schema.js';
import type { GatewayInput } from './start-gateway.js';

/** Milliseconds within which it composes the subgraphs and serves them. */
const startTimeoutMs = 30_000;

/** Whether its package is installed, which is for one platform only. */
export function hasGrafbase(): boolean {
  return program() !== undefined;
}

/** Starts it with its default settings and without log output. */
export async function startGrafbase({ subgraphs }: GatewayInput): Promise<Child & { url: string; socketUrl: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-grafbase-'));
  const config = await writeConfig(folder, subgraphs.services);
  const port = await freePort();
  const child = spawn(program() ?? '', ['dev', '-c', config, '-p', String(port)], { cwd: folder, stdio: 'ignore' });
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  const gone = once(child, 'exit');
  const address = `http://127.0.0.1:${port}`;
  const url = `${address}/graphql`;
  await untilServed(url, Date.now() + startTimeoutMs);
  return {
    url,
    socketUrl: `${address}/ws`,
    pid: child.pid ?? 0,
    close: async () => {
      process.off('exit', stop);
      stop();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function program(): string | undefined {
  try {
    const name = '@grafbase/cli-x86_64-unknown-linux-musl/package.json';
    return join(dirname(createRequire(import.meta.url).resolve(name)), 'grafbase');
  } catch {
    return undefined;
  }
}

/** Returns the path of the configuration file. */
async function writeConfig(folder: string, services: Readonly<Record<string, string>>): Promise<string> {
  const sections: string[] = [];
  for (const [name, sdl] of Object.entries(subgraphSdl)) {
    await writeFile(join(folder, `${name}.graphql`), sdl);
    const url = services[name] ?? '';
    const socketUrl = url.replace('http', 'ws');
    sections.push(
      `[subgraphs.${name}]\nschema_path = "./${name}.graphql"\nurl = "${url}"\nwebsocket_url = "${socketUrl}"\n`,
    );
  }
  const file = join(folder, 'grafbase.toml');
  await writeFile(file, sections.join('\n'));
  return file;
}

async function untilServed(url: string, deadline: number): Promise<void> {
  while (!(await isServed(url))) {
    if (Date.now() > deadline) throw new Error(`Grafbase was not ready within ${startTimeoutMs / 1000} s`);
    await wait(50);
  }
}

async function isServed(url: string): Promise<boolean> {
  try {
    const body = JSON.stringify({ query: '{ __typename }' });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return ((await response.json()) as { data?: unknown }).data !== undefined;
  } catch {
    return false;
  }
}
