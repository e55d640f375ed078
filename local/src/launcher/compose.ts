/** The containers of `docker/compose.yaml`: what they are told by the launcher, and how they start and stop. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Variables } from '@marquee/chassis/config/settings';
import { environment, type LauncherSettings } from '../config.js';
import { type Instance, dataDirectory, portsOf, repositoryRoot } from './instance.js';
import { UserError } from './user-error.js';
import { callerKeys, mediaIdKey, openSecrets, password } from './secrets.js';
import { publicUrl } from './stages.js';

/**
 * `up` builds what has changed and returns once the gateway is ready; `down` stops everything and keeps the data, which
 * `down --volumes` forgets. Any other command of Docker Compose works as well.
 * @throws Refusal when there is no Docker Compose
 */
export async function composeCommand([command = 'up', ...rest]: readonly string[], settings: LauncherSettings) {
  const directory = dataDirectory(settings);
  await mkdir(directory, { recursive: true });
  const ports = portsOf(settings);
  const secrets = await openSecrets(join(directory, 'secrets.json'));
  const given = { ...environment(), ...containerVariables({ ports, secrets, logLevel: settings.LOG_LEVEL }) };
  const args = command === 'up' ? ['up', '--build', '--detach', ...rest] : [command, ...rest];
  const code = await runProgram(composeProgram(), ['--project-name', 'marquee', '--file', file, ...args], given);
  return command === 'up' && code === 0 ? waitUntilReady(publicUrl({ ports }, 'gateway')) : code;
}

/** What the compose file leaves open: addresses, and what nobody else may know. */
export function containerVariables({ ports, secrets, logLevel }: Pick<Instance, 'ports' | 'secrets' | 'logLevel'>) {
  const published = Object.entries(ports).map(([name, port]) => [`${name.toUpperCase()}_PORT`, String(port)]);
  return {
    ...(Object.fromEntries(published) as Record<string, string>),
    JAEGER_PORT: String(ports.gateway + 22),
    METRICS_PORT: String(ports.gateway + 23),
    LOG_LEVEL: logLevel,
    CALLER_SIGNING_KEY: JSON.stringify(secrets.callerKey),
    CALLER_KEYS: callerKeys(secrets),
    ISSUER_KEY: JSON.stringify(secrets.issuerKey),
    MEDIA_ID_KEY: mediaIdKey(secrets),
    POSTGRES_PASSWORD: password(secrets, 'postgres'),
    USERS_DATABASE_PASSWORD: password(secrets, 'postgres users'),
    JOBS_DATABASE_PASSWORD: password(secrets, 'postgres jobs'),
  };
}

/** The gateway starts last: who waits for it waits for all. */
async function waitUntilReady(gateway: string): Promise<number> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await wait(250)) {
    const answer = await fetch(`${gateway}/ready`).catch(() => undefined);
    if (answer?.ok) return printResult(`The graph is at ${gateway}`, 0);
  }
  return printResult(
    `${gateway} is not ready after ${patience / 1000} s: see \`docker compose --project-name marquee logs gateway\``,
    1,
  );
}

function printResult(line: string, code: number): number {
  process.stdout.write(`${line}\n`);
  return code;
}

/** Milliseconds that the gateway has to get ready once its container has started. */
const patience = 60_000;

const file = join(repositoryRoot, 'docker/compose.yaml');

/** The plugin of today, or the program that came before it. */
function composeProgram(): readonly string[] {
  const programs = [['docker', 'compose'], ['docker-compose']];
  const found = programs.find(
    ([program = '', ...args]) => spawnSync(program, [...args, 'version'], { stdio: 'ignore' }).status === 0,
  );
  if (!found) throw new UserError('There is no `docker compose` on this machine.');
  return found;
}

function runProgram(
  [program = '', ...first]: readonly string[],
  args: readonly string[],
  env: Variables,
): Promise<number> {
  const child = spawn(program, [...first, ...args], { stdio: 'inherit', env: { ...env } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
