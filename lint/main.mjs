/**
 * Checks that no tool off the shelf has: the language of comments, test titles, documentation and schema descriptions,
 * complete schema descriptions, unique file names, the length of commit subjects, and migrations that build indexes.
 *
 *   node lint/main.mjs [name of a check ...]
 */
import { checkCommitSubjects } from './check-commit-subjects.mjs';
import { checkDescriptions } from './check-descriptions.mjs';
import { checkFileNames } from './check-file-names.mjs';
import { checkMigrations } from './check-migrations.mjs';
import { checkPhrases } from './check-phrases.mjs';
import { fileNameExceptions, lastMigrations, phraseExceptions } from './exceptions.mjs';
import { listFiles } from './files.mjs';

const checks = {
  phrases: checkPhrases,
  descriptions: checkDescriptions,
  'file-names': checkFileNames,
  'commit-subjects': checkCommitSubjects,
  migrations: checkMigrations,
};

const names = process.argv.slice(2);
const root = process.cwd();
const context = { root, files: listFiles(root), phraseExceptions, fileNameExceptions, lastMigrations, skip };
for (const [name, check] of Object.entries(checks))
  if (names.length === 0 || names.includes(name)) report(name, check(context));

function report(name, problems) {
  for (const problem of problems) process.stderr.write(`${format(problem)}\n`);
  if (problems.length === 0) return;
  process.stderr.write(`${name}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n`);
  process.exitCode = 1;
}

/** File and line, the text around the match, and the hint. */
function format({ file, line, text, match, instead }) {
  const place = line === undefined ? file : `${file}:${line}`;
  const found = match === undefined ? '' : ` "${match}"`;
  return `${place}${found}\n    ${excerpt(text, match)}\n    instead: ${instead}`;
}

function excerpt(text, match = '') {
  const from = Math.max(0, text.indexOf(match) - 70);
  return `${from > 0 ? '... ' : ''}${text.slice(from, from + 160)}${text.length > from + 160 ? ' ...' : ''}`;
}

function skip(reason) {
  process.stdout.write(`skipped ${reason}\n`);
}
