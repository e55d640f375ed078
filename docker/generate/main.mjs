/**
 * Writes the files that are derived from `subgraphs/services.json`: the compose file and the deploy workflow of each
 * service. With `--check` it writes nothing, and fails if a committed file is out of date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { subgraphs } from '@marquee/schema/services';
import { composeFile } from './compose.mjs';
import { noticeFile } from './notice.mjs';
import { workflowFiles } from './workflows.mjs';

const isCheck = process.argv.includes('--check');
const files = {
  NOTICE: await noticeFile(subgraphs),
  'docker/compose.yaml': await composeFile(subgraphs),
  ...workflowFiles(subgraphs),
};

for (const [path, text] of Object.entries(files)) {
  if (isCheck) await compare(path, text);
  else await writeFile(absolute(path), text);
}
if (!process.exitCode)
  process.stdout.write(`${Object.keys(files).length} files are ${isCheck ? 'up to date' : 'written'}\n`);

async function compare(path, text) {
  if ((await readFile(absolute(path), 'utf8').catch(() => undefined)) === text) return;
  process.stderr.write(`${path} is out of date: run \`npm run generate\` and commit the result.\n`);
  process.exitCode = 1;
}

function absolute(path) {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
