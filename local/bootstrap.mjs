/**
 * The entry point of the scripts in the root package.json. It needs only Node: it installs missing packages, builds
 * changed ones, and runs the command.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command = 'start', ...args] = process.argv.slice(2);

/**
 * Tests allocate mostly short-lived objects: in the default young generation, collecting them takes a tenth of the CPU
 * time.
 */
const heapFlags = ['--min-semi-space-size=16', '--max-semi-space-size=64'];

requireSupportedNode();
await install();
await build();
await runCommand();

function requireSupportedNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node 20.19 or newer is required; this is ${process.versions.node}.`);
}

async function install() {
  if (isInstalled()) return;
  // The standard output belongs to the command.
  process.stderr.write('Installing packages ...\n');
  await runQuietly('npm', ['ci', '--no-audit', '--no-fund']);
}

/** Compares the lock file with the list of installed packages that npm writes at the end of an installation. */
function isInstalled() {
  const locked = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  return Object.entries(locked).every(([path, { version, integrity, optional, link }]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (link) return found?.link;
    return found ? found.version === version && found.integrity === integrity : optional;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch (failure) {
    if (failure.code === 'ENOENT') return {};
    throw failure;
  }
}

async function build() {
  const turbo = join(root, 'node_modules/turbo/bin/turbo');
  await runQuietly(process.execPath, [turbo, 'run', 'build', '--output-logs=errors-only']);
}

async function runCommand() {
  if (command === 'test')
    return runForeground(['node_modules/jest/bin/jest.js'], { NODE_OPTIONS: withEsmSupport() }, heapFlags);
  if (command === 'schema') return runForeground(['schema/dist/main.js']);
  if (command === 'conform') return runForeground(['schema/dist/conform/main.js']);
  if (command === 'settings') return runForeground(['local/dist/settings-docs/main.js']);
  if (command === 'generate') return runForeground(['docker/generate/main.mjs']);
  if (command === 'crowd') return runCrowd();
  if (command === 'chaos') return runForeground(['local/dist/chaos/main.js']);
  if (command === 'rehearse') return runForeground(['local/dist/rehearsal/main.js']);
  if (command === 'differential') return runForeground(['gateway/differential/dist/main.js']);
  if (command === 'bench') return runForeground(['bench/dist/main.js']);
  if (command === 'synth') return runForeground(['deploy/dist/main.js']);
  if (['deploy', 'secrets', 'doctor', 'push-image'].includes(command))
    return runForeground([`deploy/dist/${command}.js`]);
  // In the same process, so that signals need no forwarding.
  await import('./dist/main.js');
}

/** Runs the test of many subscribers at full size, then the benchmark with the given arguments. */
async function runCrowd() {
  const variables = { NODE_OPTIONS: withEsmSupport(), CROWD_CLIENTS: '1000', CROWD_ROUNDS: '10' };
  await runForeground(['node_modules/jest/bin/jest.js', 'local/test/subscriber-scale'], variables, [], []);
  if (process.exitCode === 0) await runForeground(['bench/dist/main.js', 'crowd']);
}

function withEsmSupport() {
  return `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules`.trim();
}

/** Runs a Node program in the foreground and exits with its code. */
async function runForeground([script, ...rest], variables = {}, flags = [], given = args) {
  const env = { ...process.env, ...variables };
  const words = [...flags, join(root, script), ...rest, ...given];
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const { code, signal } = await ended(child);
  process.exitCode = signal ? 1 : code;
}

/** Runs a program and prints its output only if it fails. */
async function runQuietly(program, programArguments) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const child = spawn(program, programArguments, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const { code, signal } = await ended(child);
  if (code !== 0)
    fail(`${Buffer.concat(output)}\n${program} ${programArguments.join(' ')}: ${signal ?? `exit code ${code}`}`);
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
