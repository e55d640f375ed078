/**
 * The entry point of the scripts in the root package.json. It needs only Node: it installs missing packages, builds
 * changed ones, and runs the command.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePrograms } from './bootstrap/bundled-programs.mjs';
import { installPackages } from './bootstrap/installed-packages.mjs';
import { ended, fail, runQuietly } from './bootstrap/quiet-program.mjs';
import { transpile } from './bootstrap/transpiled-sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command = 'start', ...args] = process.argv.slice(2);

/** They need neither the tools of developers nor a check of types. */
const runtimeCommands = ['start', 'reset', 'promote-admin', 'import-shows'];

/**
 * Tests allocate mostly short-lived objects: in the default young generation, collecting them takes a tenth of the CPU
 * time.
 */
const heapFlags = ['--min-semi-space-size=16', '--max-semi-space-size=64'];

requireSupportedNode();
const { complete } = await installPackages(root, runtimeCommands.includes(command));
if (complete) await build();
else await transpile(root);
if (command === 'start') await bundlePrograms(root);
await runCommand();

function requireSupportedNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node 20.19 or newer is required; this is ${process.versions.node}.`);
}

async function build() {
  await runQuietly(root, process.execPath, [
    'node_modules/turbo/bin/turbo',
    'run',
    'build',
    '--output-logs=errors-only',
  ]);
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
