import { writeFile } from 'node:fs/promises';
import { readmeUrl, readmeWithTables, settingsReadmes } from './readme-tables.js';

/** `npm run settings`: updates the tables of environment variables in all READMEs; `--check` only reports stale ones. */
const isCheck = process.argv.includes('--check');
for (const readme of await settingsReadmes()) {
  const { before, after } = await readmeWithTables(readme);
  if (before === after) continue;
  process.stdout.write(`${readme.path} ${isCheck ? 'is out of date: run npm run settings' : 'updated'}\n`);
  if (isCheck) process.exitCode = 1;
  else await writeFile(readmeUrl(readme), after);
}
