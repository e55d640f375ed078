import { readText } from './files.mjs';
import { findPhrase } from './phrases.mjs';
import { textsOf } from './texts.mjs';

/** Files whose prose is data or a licence, or is generated from text that is checked elsewhere. */
const skipped = /^LICENSE$|^schema\/supergraph\.graphql$|^lint\/phrases\.mjs$|\/results\//;

/** Prose without the turns of phrase of `phrases.mjs`. */
export function checkPhrases({ root, files, phraseExceptions }) {
  const unused = new Set(phraseExceptions.filter(([file]) => files.includes(file)));
  const problems = files
    .filter((file) => !skipped.test(file))
    .flatMap((file) => textsOf(file, readText(root, file)).flatMap((found) => problemIn(file, found)));
  return [...problems, ...[...unused].map(unusedException)];

  function problemIn(file, { line, text }) {
    const found = findPhrase(text.replace(/`[^`]*`/g, '`code`'));
    if (!found) return [];
    const exception = phraseExceptions.find(([path, part]) => path === file && text.includes(part));
    if (!exception) return [{ file, line, text, match: found.match, instead: found.instead }];
    unused.delete(exception);
    return [];
  }
}

function unusedException([file, text]) {
  return {
    file: 'lint/exceptions.mjs',
    line: 1,
    text: `${file}: ${text}`,
    instead: 'remove the exception: it is not used',
  };
}
