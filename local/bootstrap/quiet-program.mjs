import { spawn } from 'node:child_process';

/** Runs a program in the root of the repository, and prints its output only if it fails. */
export async function runQuietly(root, program, programArguments) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const child = spawn(program, programArguments, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const { code, signal } = await ended(child);
  if (code !== 0)
    fail(`${Buffer.concat(output)}\n${program} ${programArguments.join(' ')}: ${signal ?? `exit code ${code}`}`);
}

/** Waits until a child process has ended and its output is closed. */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Prints a message and ends the process with exit code 1. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
