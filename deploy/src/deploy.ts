/**
 * Deploys parts of an environment, or all of it: `npm run deploy -- prod network data`. CDK asks for confirmation of
 * changed permissions; a warning fails the deploy.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { templatesPath } from './paths.js';
import { environmentNames, environments, isEnvironmentName } from './environments.js';
import { namesOf } from './names.js';

const [name, ...parts] = process.argv.slice(2);

if (isEnvironmentName(name)) {
  run(here('native.js'));
  deploy(name, parts.length === 0 ? ['--all'] : parts.map(namesOf(environments[name]).stack));
} else if (name === 'delivery') deploy(name, ['--all']);
else fail(`Usage: npm run deploy -- ${environmentNames.join('|')} [part ...], or npm run deploy -- delivery`);

function deploy(which: string, stacks: readonly string[]): void {
  run(here('main.js'), which);
  const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');
  run(cdk, 'deploy', '--app', templatesPath(which), '--strict', '--no-notices', ...stacks);
}

function run(...command: string[]): void {
  const { status } = spawnSync(process.execPath, command, { cwd: here('..'), stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
