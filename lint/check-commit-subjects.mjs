import { execFileSync } from 'node:child_process';

/** The rule applies to the commits after this one. */
const lastUnchecked = 'b62d76ddc65e25060e807dfaccad8da9d4a9d4b8';
const maxLength = 72;

/** Subjects of commits fit on one line of `git log --oneline`. Skipped, with the reason, where the history is missing. */
export function checkCommitSubjects({ root, skip, since = lastUnchecked }) {
  const commits = commitsSince(root, since, skip);
  return commits
    .filter(({ subject }) => subject.length > maxLength)
    .map(({ hash, subject }) => ({
      file: `commit ${hash}`,
      text: subject,
      instead: `at most ${maxLength} characters, it has ${subject.length}; reasons belong in the body`,
    }));
}

function commitsSince(root, since, skip) {
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const log = execFileSync('git', ['log', '--no-merges', '--format=%h %s', `${since}..HEAD`], options).trim();
    return log === ''
      ? []
      : log.split('\n').map((line) => ({ hash: line.split(' ', 1)[0], subject: line.replace(/^\S+ /, '') }));
  } catch {
    skip(`commit subjects: there is no git history back to ${since.slice(0, 7)}`);
    return [];
  }
}
