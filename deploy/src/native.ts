/**
 * Downloads sharp for the media function. sharp is a native module, and npm installs it only for the current machine, not
 * for Lambda's CPU architecture. `npm run deploy` runs this first.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { assetPath } from './paths.js';

interface Lock {
  packages: Record<string, { version: string } | undefined>;
}

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock;
const sharp = lock.packages['node_modules/sharp'];
if (sharp === undefined) throw new Error('sharp is not in package-lock.json');

const cwd = assetPath('media');
writeFileSync(`${cwd}/package.json`, JSON.stringify({ private: true, type: 'module' }));
const { status } = spawnSync(
  'npm',
  [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--os=linux',
    '--cpu=arm64',
    '--libc=glibc',
    `sharp@${sharp.version}`,
  ],
  { cwd, stdio: ['ignore', 'inherit', 'inherit'] },
);
process.exitCode = status ?? 1;
