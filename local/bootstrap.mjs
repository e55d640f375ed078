/**
 * What the scripts of the root package.json run. It needs nothing but Node: it installs what is missing, builds what has
 * changed, and hands over.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command = 'start', ...args] = process.argv.slice(2);

/**
 * What tests make is soon forgotten: with as little room for what is young as Node gives by itself, a tenth of their CPU
 * time goes into collecting it.
 */
const roomy = ['--min-semi-space-size=16', '--max-semi-space-size=64'];

refuseOldNode();
await install();
await build();
await handOver();

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`This needs Node 20.19 or newer; here is ${process.versions.node}.`);
}

async function install() {
  if (isInstalled()) return;
  process.stdout.write('Installing packages ...\n');
  await quietly('npm', ['ci', '--no-audit', '--no-fund']);
}

/** npm writes down what it has installed, at the end; that is compared with what it should have. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, { version, integrity, optional, link }]) => {
    const isElsewhere = !path.startsWith('node_modules/') || link;
    const there = found[path];
    return isElsewhere || (there ? there.version === version && there.integrity === integrity : optional);
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
  await quietly(process.execPath, [turbo, 'run', 'build', '--output-logs=errors-only']);
}

async function handOver() {
  if (command === 'test') return become(['node_modules/jest/bin/jest.js'], { NODE_OPTIONS: withModules() }, roomy);
  if (command === 'schema') return become(['schema/dist/main.js']);
  if (command === 'crowd') return become(['node_modules/jest/bin/jest.js', 'local/test/subscriber-scale'], crowded());
  if (command === 'chaos') return become(['local/dist/chaos/main.js']);
  if (command === 'rehearse') return become(['local/dist/rehearsal/main.js']);
  if (command === 'differential') return become(['gateway/differential/dist/main.js']);
  if (command === 'bench') return become(['bench/dist/main.js']);
  if (command === 'synth') return become(['deploy/dist/main.js']);
  if (command === 'deploy' || command === 'secrets') return become([`deploy/dist/${command}.js`]);
  // In this very process, so that a signal has one place to go to.
  await import('./dist/main.js');
}

/** The numbers that a test run has no time for. */
function crowded() {
  return { NODE_OPTIONS: withModules(), CROWD_CLIENTS: '1000', CROWD_ROUNDS: '10' };
}

function withModules() {
  return `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules`.trim();
}

/** Runs a program in the foreground and ends as it ends. */
async function become([script, ...rest], variables = {}, flags = []) {
  const env = { ...process.env, ...variables };
  const words = [...flags, join(root, script), ...rest, ...args];
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const { code, signal } = await ended(child);
  process.exitCode = signal ? 1 : code;
}

/** Runs a program and shows what it said only when it fails. */
async function quietly(program, programArguments) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const child = spawn(program, programArguments, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  child.stderr.on('data', (chunk) => said.push(chunk));
  const { code, signal } = await ended(child);
  if (code !== 0)
    fail(`${Buffer.concat(said)}\n${program} ${programArguments.join(' ')}: ${signal ?? `exit code ${code}`}`);
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
